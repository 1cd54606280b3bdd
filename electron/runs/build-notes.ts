// What a group's record must say of engines that were built several times: the spread between builds of one recipe.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { CaseRecord, GroupRecord } from '../../shared/domain/run.ts'
import { buildSpread, rangeText } from '../../shared/statistics/build-spread.ts'
import type { CaseTrial } from './case-trial.ts'

interface Built {
  readonly entry: CaseRecord
  readonly artifact: Artifact
}

export function buildNotes(
  { groupKey, baseline, cases }: GroupRecord,
  trials: readonly Pick<CaseTrial, 'caseKey' | 'artifact'>[],
): readonly string[] {
  const built = trials.flatMap(({ caseKey, artifact }): readonly Built[] => {
    const entry = cases.find((each) => each.caseKey === caseKey)
    return artifact === null || entry === undefined || entry.state !== 'completed' ? [] : [{ entry, artifact }]
  })
  const series = new Map<string, Built[]>()
  for (const each of built) {
    const key = `${each.entry.backend} ${sameRecipe(each.artifact)}`
    series.set(key, [...(series.get(key) ?? []), each])
  }
  return [...series.values()].flatMap((builds) => {
    const words = new Set(builds.map(({ artifact }) => artifact.sha256)).size > 1 ? spread(builds, baseline) : null
    return words === null ? [] : [`${groupKey}: ${words}`]
  })
}

/** Everything that a build was asked for, but its number. */
function sameRecipe({ modelId, kind, precision, parents, batch, size, options, tools }: Artifact): string {
  return JSON.stringify([modelId, kind, precision, parents, batch, size, options, tools])
}

/** Of the speedups, where what they are measured against is none of the builds; of the medians otherwise. */
function spread(builds: readonly Built[], baseline: string): string | null {
  const names = builds.map(({ entry }) => entry.caseKey).join(', ')
  const speedups = builds.flatMap(({ entry }) => entry.speedup.value ?? [])
  const isBaseline = builds.some(({ entry }) => entry.caseKey === baseline)
  const ofSpeedups = isBaseline || speedups.length < builds.length ? null : buildSpread(speedups)
  if (ofSpeedups !== null) return `${ofSpeedups} (${names}).`
  const mediansMs = builds.flatMap(({ entry }) => entry.latencyMs.p50.value ?? [])
  if (mediansMs.length < builds.length) return null
  return `between builds: ${rangeText(mediansMs, 3)} ms at the median (${names}).`
}
