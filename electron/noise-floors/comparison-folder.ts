// The comparisons of one noise floor: a folder of run folders, each a run of a case listed twice. What a run says is
// read from its samples on disk, so that one of an earlier process counts as one of this.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { compareIdentical, type IdenticalComparison } from '../../shared/statistics/noise-floor.ts'
import { openRunFolder } from '../store/run-folder.ts'

/** Runs that did not complete say nothing and are left out. */
export async function readComparisons(folder: string): Promise<readonly IdenticalComparison[]> {
  const names = await readdir(folder).catch(() => [])
  const read = await Promise.all(names.map((name) => readComparison(join(folder, name))))
  return read.filter((comparison) => comparison !== null)
}

/** Null where the run did not complete, or cannot be read. */
export async function readComparison(runFolder: string): Promise<IdenticalComparison | null> {
  const run = await openRunFolder(runFolder).catch(() => null)
  const group = run?.record.state === 'completed' ? run.record.groups[0] : undefined
  if (run === null || group === undefined) return null
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { caseKey } of group.cases) {
    blocks.set(caseKey, (await run.samples(group.groupKey, caseKey)).blocks)
  }
  return compareIdentical(group, (caseKey) => blocks.get(caseKey) ?? [])
}
