// A folder of the user's that a command is to fill. Throws `folder-not-empty` where anything is in it.
import { readdir } from 'node:fs/promises'
import { BenchError } from '../../shared/domain/bench-error.ts'

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
