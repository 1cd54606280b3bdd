// Writes a whole file or nothing: temporary file beside it, fsync, rename, fsync of the folder.
// A reader sees the old content or the new, never a part. Makes the folder where it is missing. Throws BenchError `disk-full` or `not-writable`.
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { writing } from './write-failure.ts'

export async function writeAtomically(file: string, content: string | Buffer): Promise<void> {
  await writing(file, async () => {
    await mkdir(dirname(file), { recursive: true })
    await writeFileAtomic(file, content, { fsync: true })
    await syncFolder(dirname(file))
  })
}

/** Makes a rename inside the folder survive a power cut. Windows cannot open folders and needs no such step. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
