// A TensorRT engine is chosen by timing kernels while it is built, so another build of the same network can be faster or
// slower. A speedup from one build says so.
import type { CaseRecord, GroupRecord } from '../domain/run.ts'
import { isSingleBuild } from '../statistics/single-build.ts'

/** Null where nothing is claimed, or where it does not rest on one build. */
export function singleBuildWords(entry: CaseRecord, { cases }: Pick<GroupRecord, 'cases'>): string | null {
  const { speedup, state, steadiness } = entry
  // Each launch warmed up once.
  const launches = steadiness.length
  if (state !== 'completed' || speedup.value === null || !isSingleBuild(entry, cases, launches)) return null
  return 'of one build; another build of the same engine may be faster or slower (convert --builds shows by how much)'
}
