// Folders named on the command line: a run's, by its folder or its id, and new ones for a command to fill.
import { readdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { keySchema } from '../../shared/domain/key.ts'
import type { Services } from '../services.ts'

export async function runFolderNamed({ store }: Pick<Services, 'store'>, named: string): Promise<string> {
  const isFolder = await stat(resolve(named)).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const looksLikePath = /[\\/]/.test(named) || !keySchema.safeParse(named).success
  return isFolder || looksLikePath ? resolve(named) : store.folderOf(named)
}

/** Throws `folder-not-empty` if it contains anything. */
export async function requireNewOrEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw refusal('not-writable', `${folder} cannot be written to: ${error.message}`)
  })
  if (names.length > 0) throw refusal('folder-not-empty', `${folder} is not empty.`)
}

function refusal(code: 'not-writable' | 'folder-not-empty', message: string): BenchError {
  return new BenchError({ code, stage: 'plan', message, remedy: 'Name a new or an empty folder by --out.' })
}
