// Opens a file for reading so that what is checked is what is read: never through a link, never a device or a pipe,
// one descriptor from the check to the last byte.
import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'

export interface RegularFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
}

/** @param name as the message calls it. @param singleName refuse a file with a second name (a hard link). */
export async function openRegularFile(file: string, name: string, singleName: boolean): Promise<RegularFile> {
  const named = await lstat(file).catch((error: Error) => {
    throw badModelFile(`${name} cannot be read`, error.message)
  })
  if (named.isSymbolicLink()) throw unsafeModelFile(`${name} is a link`)
  if (!named.isFile()) throw unsafeModelFile(`${name} is not a regular file`)
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await open(file, flags).catch((error: Error) => {
    throw badModelFile(`${name} cannot be read`, error.message)
  })
  const opened = await handle.stat()
  const problem = opened.isFile()
    ? opened.ino !== named.ino || opened.dev !== named.dev
      ? 'was replaced while it was opened'
      : singleName && opened.nlink > 1
        ? 'has a second name elsewhere (a hard link)'
        : null
    : 'is not a regular file'
  if (problem !== null) {
    await handle.close()
    throw unsafeModelFile(`${name} ${problem}`)
  }
  return { handle, sizeBytes: opened.size }
}
