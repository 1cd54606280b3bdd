// Writes a file whole or not at all: temporary file next to it, fsync, rename, fsync of the folder. A reader sees the
// old content or the new, never a part. Makes the folder if it is missing. Throws BenchError `disk-full` or
// `not-writable`.
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BenchError, type Stage } from '../../shared/domain/bench-error.ts'
import { unfinishedName } from './leftovers.ts'

export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await writing(file, () => makeFolder(dirname(file)))
  await replaceAtomically(file, content)
}

/** The same, in a folder that must be there. */
export async function replaceAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await writing(file, async () => {
    const unfinished = unfinishedName(file)
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

/** The handle's writeFile continues until every byte is written: a disk that fills up accepts a part first. */
async function writeSynced(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** For a file that something else wrote. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a rename inside the folder survive a power cut. Windows cannot open folders and does not need this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Of a rename to a folder that another process has put there first. */
export function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

// Makes a folder and its missing parents, like `mkdir -p`. Node's own recursive mkdir hangs if a file system answers
// ENOENT for a name that cannot be made, e.g. /proc. Throws what mkdir throws.

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder).catch((again) => {
      if (errorCode(again) !== 'EEXIST') throw again
    })
  }
}

// Turns the operating system's refusal to write into an expected failure. Anything else passes through unchanged: it is
// a bug, or another module's error.

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const fullWords = /no space left on device|disk quota exceeded|\bENOSPC\b/i
const deniedCodes = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',

  'EISDIR',
  'ENAMETOOLONG',
  'ELOOP',
])

export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Null if the error does not say that a disk is full. Libraries say so in words. */
export function fullDisk(error: unknown, stage: Stage, path: string | null = null): BenchError | null {
  const cause = error instanceof BenchError ? error.record.cause : error instanceof Error ? error.message : null
  const isFull = fullCodes.has(errorCode(error) ?? '') || fullWords.test(cause ?? '')
  if (!isFull) return null
  const place =
    path ?? (error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : null)
  return new BenchError({
    code: 'disk-full',
    stage,
    message: place === null ? 'The disk is full.' : `The disk is full: cannot write ${place}.`,
    remedy: 'Free some disk space, or choose a folder on another disk, and run again. Files already written are kept.',
    cause,
  })
}

function asWriteFailure(error: unknown, path: string): unknown {
  const code = errorCode(error)
  if (code === null) return error
  const full = fullDisk(error, 'store', path)
  if (full !== null) return full
  const cause = error instanceof Error ? error.message : null
  if (deniedCodes.has(code)) {
    return new BenchError({
      code: 'not-writable',
      stage: 'store',
      message: `Cannot write ${path}.`,
      remedy: 'Choose a folder with write permission.',
      cause,
    })
  }
  return error
}

/** Runs a write and rejects with the expected failure if there is one. */
export async function writing<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    throw asWriteFailure(error, path)
  }
}
