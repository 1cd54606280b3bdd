// A TensorRT engine is chosen by timing kernels while it is built, so another build of the same network can be faster or
// slower. A speedup from one build says so.
import type { BackendId } from '../domain/backend.ts'
import type { CaseRecord, GroupRecord } from '../domain/run.ts'

const timedBuilders: ReadonlySet<BackendId> = new Set(['tensorrt', 'torch-tensorrt', 'tensorrt-rtx'])

/** Null where nothing is claimed, or where the group holds other builds of the same engine. */
export function singleBuildWords(entry: CaseRecord, { cases }: Pick<GroupRecord, 'cases'>): string | null {
  const { backend, precision, speedup, state } = entry
  if (!timedBuilders.has(backend) || state !== 'completed' || speedup.value === null) return null
  const builds = cases.filter((other) => other.backend === backend && other.precision === precision)
  const files = new Set(builds.map(({ caseKey, artifactSha256 }) => artifactSha256 ?? caseKey))
  return files.size > 1
    ? null
    : 'of one build; another build of the same engine may be faster or slower (convert --builds shows by how much)'
}
