// Writes a whole file or nothing: temporary file beside it, fsync, rename, fsync of the folder.
// A reader sees the old content or the new, never a part. Makes the folder where it is missing. Throws BenchError
// `disk-full` or `not-writable`.
import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { writing } from './write-failure.ts'

export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await writing(file, async () => {
    await makeFolder(dirname(file))
    const unfinished = `${file}.${randomUUID()}.unfinished`
    try {
      await writeSynced(unfinished, content)
      await rename(unfinished, file)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
    await syncFolder(dirname(file))
  })
}

/** The handle's writeFile goes on until every byte is taken: a disk that fills up takes a part first. */
async function writeSynced(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** For a file that somebody else wrote. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
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
