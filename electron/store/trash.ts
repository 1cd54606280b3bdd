// Deleting that can be undone: a rename into the trash folder of the data folder, which Enginebench never empties.
import { lstat, mkdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Undo } from '../services.ts'
import { writing } from './atomic-file.ts'

/** @param path of a file or folder on the disk of the data folder. */
export async function moveToTrash(path: string, dataFolder: string): Promise<Undo> {
  const trash = join(dataFolder, 'trash')
  const trashed = join(trash, `${basename(path)}-${Date.now()}`)
  await writing(trash, async () => {
    await mkdir(trash, { recursive: true })
    await rename(path, trashed)
  })
  return async () => {
    if ((await lstat(path).catch(() => null)) !== null) throw takenMeanwhile(path, trashed)
    await writing(path, () => rename(trashed, path))
  }
}

function takenMeanwhile(path: string, trashed: string): BenchError {
  return new BenchError({
    code: 'folder-not-empty',
    stage: 'store',
    message: `There is something at ${path} again, so nothing was put back.`,
    remedy: `What was removed is in ${trashed}.`,
  })
}
