// Reads files whole, but only regular ones of a size that they may have: a pipe or a device would keep its reader waiting
// for ever, and the thread with it, and an endless file would fill the memory. A file is looked at before it is opened,
// since opening alone can wait, and again once it is open. Links are followed. Sizes in bytes. Throws `UnsuitableFile`,
// and what the file system throws. Every file that is not written by the same process is read through this.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { getHeapStatistics } from 'node:v8'
import { copiesOfRecord, sizeLimits } from '../../shared/worker-protocol/limits.ts'

/** The largest file of each kind; real ones are far smaller. Text must stay below what one string can hold, 512 MiB. */
export const largestBytes = {
  /** Written by a person: recipes, analyzers. */
  typed: sizeLimits.typedBytes.most,
  /** Settings, marks, manifests, sidecars, lists. */
  small: sizeLimits.smallBytes.most,
  /** A run's record: ten thousand groups of one case each need about 40 MiB. Less where the heap is small. */
  record: Math.min(sizeLimits.recordBytes.most, Math.floor(getHeapStatistics().heap_size_limit / copiesOfRecord)),
  /** Samples, or the machine during a run, line by line. */
  lines: sizeLimits.linesBytes.most,
  log: sizeLimits.logBytes.most,
  /** As much as one buffer holds in every supported version of Node. */
  array: sizeLimits.arrayBytes.most,
} as const

/** The message says what it is, to follow the file's name: `is a pipe, not a file`. */
export class UnsuitableFile extends Error {}

/** Opened for reading. The caller closes it. */
export async function openRegularFile(file: string, mostBytes: number = Number.POSITIVE_INFINITY): Promise<FileHandle> {
  refuseUnsuitable(await stat(file), mostBytes)
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    refuseUnsuitable(await handle.stat(), mostBytes)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** What is appended meanwhile is left out. */
export async function readRegularFile(file: string, mostBytes: number): Promise<Buffer> {
  const handle = await openRegularFile(file, mostBytes)
  try {
    const content = Buffer.allocUnsafe((await handle.stat()).size)
    let filled = 0
    while (filled < content.length) {
      const { bytesRead } = await handle.read(content, filled, Math.min(content.length - filled, 2 ** 30), filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return content.subarray(0, filled)
  } finally {
    await handle.close()
  }
}

export async function readTextFile(file: string, mostBytes: number): Promise<string> {
  return (await readRegularFile(file, mostBytes)).toString('utf8')
}

/** Null if it cannot be read, for whatever reason: for files that count as absent then. */
export async function readSmallText(file: string): Promise<string | null> {
  return readTextFile(file, largestBytes.small).catch(() => null)
}

function refuseUnsuitable(found: Stats, mostBytes: number): void {
  if (!found.isFile()) throw new UnsuitableFile(`is ${kindOf(found)}, not a file`)
  if (found.size > mostBytes) {
    throw new UnsuitableFile(`has ${megabytes(found.size)}, and at most ${megabytes(mostBytes)} are read`)
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder'
  if (found.isFIFO()) return 'a pipe'
  if (found.isSocket()) return 'a socket'
  return 'a device'
}

function megabytes(size: number): string {
  return `${Number((size / 1e6).toPrecision(3))} MB`
}

/** Made if it is not there. A pipe in its place is refused instead of waited for. The caller closes it. */
export async function openForAppending(file: string): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK = 0 } = constants
  const handle = await open(file, O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK)
  try {
    refuseUnsuitable(await handle.stat(), Number.POSITIVE_INFINITY)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}
