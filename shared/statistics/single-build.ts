// Whether a comparison rests on one build of an engine. Builders choose kernels by timing them, so the next build of
// the same engine may be faster or slower than this one. An engine from a file is the same build in every launch; one
// that is compiled as it is loaded is built anew in each.
import { backendRows } from '../domain/backend.ts'
import type { CaseEvidence } from './refusal.ts'

export const singleBuildWords = 'from one build: builds of the same engine differ'

type Built = Pick<CaseEvidence, 'backend' | 'precision' | 'artifactSha256'>

/** @param others of the same group: another build of the same engine among them shows how builds differ. */
export function isSingleBuild(entry: Built, others: readonly Built[], launchCount: number): boolean {
  const hasSibling = others.some(
    ({ backend, precision, artifactSha256 }) =>
      backend === entry.backend && precision === entry.precision && artifactSha256 !== entry.artifactSha256,
  )
  if (hasSibling) return false
  const { engineBuild } = backendRows[entry.backend]
  return engineBuild === 'from-file' || (engineBuild === 'at-load' && launchCount === 1)
}
