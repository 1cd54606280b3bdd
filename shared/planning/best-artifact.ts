// The artifact to ship, chosen after a benchmark: the fastest of a group's cases that run an artifact, among those
// whose outputs passed parity and whose precision is proved. The run's own parity decides, since it judged what was
// timed.
import { isMeasured } from '../domain/figure.ts'
import { precisionLabel } from '../domain/precision.ts'
import type { CaseRecord, GroupRecord } from '../domain/run.ts'

export type BestArtifact =
  | { readonly sha256: string; readonly caseKey: string; readonly p50Ms: number }
  /** Why there is none, case by case, for the user. */
  | { readonly sha256: null; readonly reason: string }

export function bestArtifactOf({ cases }: Pick<GroupRecord, 'cases'>): BestArtifact {
  const ofArtifacts = cases.filter(({ artifactSha256 }) => artifactSha256 !== null)
  if (ofArtifacts.length === 0) return { sha256: null, reason: 'no case ran an artifact' }
  const fit = ofArtifacts.flatMap((entry) => {
    const { artifactSha256, caseKey, latencyMs } = entry
    if (artifactSha256 === null || unfitness(entry) !== null || !isMeasured(latencyMs.p50)) return []
    return [{ sha256: artifactSha256, caseKey, p50Ms: latencyMs.p50.value }]
  })
  const [first, ...others] = fit
  if (first === undefined) return { sha256: null, reason: ofArtifacts.map(unfitWords).join('; ') }
  return others.reduce((best, next) => (next.p50Ms < best.p50Ms ? next : best), first)
}

function unfitness({ state, reason, parity, precisionProof, latencyMs }: CaseRecord): string | null {
  if (state !== 'completed') return `${state}: ${reason ?? 'it did not complete'}`
  if (parity.verdict !== 'pass') return `parity ${parity.verdict}: ${parity.reason}`
  if (precisionProof?.holds !== true) return `precision not proved: ${precisionProof?.label ?? 'there is no proof'}`
  return isMeasured(latencyMs.p50) ? null : latencyMs.p50.reason
}

function unfitWords(entry: CaseRecord): string {
  return `${precisionLabel(entry.precision)} (${entry.caseKey}): ${unfitness(entry) ?? 'fit'}`
}
