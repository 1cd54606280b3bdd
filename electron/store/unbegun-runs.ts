// Folders of runs whose process was killed before it wrote their first record: they hold nothing but its mark, and no list
// shows them. Removed at the next start; whatever holds anything else stays.
import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isUnfinished } from './leftovers.ts'
import { isHeldByLiving } from './process-lock.ts'
import { runningFile } from './run-folder.ts'

export async function removeUnbegunRuns(runsFolder: string): Promise<void> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const folder = join(runsFolder, entry.name)
    const mark = basename(runningFile(folder))
    const names: readonly string[] = await readdir(folder).catch(() => [])
    const holdsOnlyMark = names.includes(mark) && names.every((name) => name === mark || isUnfinished(name))
    if (holdsOnlyMark && !(await isHeldByLiving(runningFile(folder))))
      await rm(folder, { recursive: true, force: true })
  }
}
