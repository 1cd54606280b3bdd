// Where a tensor says its bytes are stored. Only a plain relative path below the model's own folder is accepted, by
// rules that are the same on every platform, so that a file is never safe on one and unsafe on another.

import { createHash } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { sizeLimits } from '../../shared/worker-protocol/limits.ts'
import type { HashedFile } from '../inputs/model-files.ts'
import { writing } from '../store/atomic-file.ts'
import { expectRoom } from '../store/free-space.ts'
import { openRegularFile, UnsuitableFile } from '../store/regular-file.ts'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'

export interface ExternalExtent {
  /** Relative to the model's folder, with `/`. */
  readonly location: string
  readonly offsetBytes: number
  /** Null: to the end of the file. */
  readonly lengthBytes: number | null
}

type Entries = readonly { key?: string | null; value?: string | null }[]

const reservedName = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

/** @param tensorBytes what its sizes and type need; null for a type of unknown size. */
export function externalExtent(entries: Entries, tensorBytes: number | null): ExternalExtent {
  const values = new Map(entries.map(({ key, value }) => [key ?? '', value ?? '']))
  const location = values.get('location') ?? ''
  checkLocation(location)
  const lengthBytes = wholeNumber(values.get('length'))
  if (lengthBytes !== null && tensorBytes !== null && lengthBytes > tensorBytes) {
    throw badModelFile(`its external data "${location}" is said to be longer than its tensor`)
  }
  return { location, offsetBytes: wholeNumber(values.get('offset')) ?? 0, lengthBytes: lengthBytes ?? tensorBytes }
}

function checkLocation(location: string): void {
  const refuse = (why: string) => unsafeModelFile(`its external data ${why}`)
  if (location === '') throw badModelFile('its external data has no file name')
  if (location.length > 1024) throw refuse('has a name over 1024 characters')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\x00-\x1f\x7f]/.test(location)) throw refuse('has a control character in its name')
  if (location.startsWith('/') || location.startsWith('\\')) throw refuse('is named by an absolute path')
  if (location.includes(':')) throw refuse('is named by a drive or a stream')
  if (location.includes('\\')) throw refuse('is named with backslashes')
  for (const part of location.split('/')) {
    if (part === '..') throw refuse("lies outside of the model's folder")
    if (part === '' || part === '.') throw refuse('is not named plainly')
    if (reservedName.test(part)) throw refuse('has a reserved name')
  }
  if (location.toLowerCase() === 'model.onnx') throw refuse('has the name of a model')
}

function wholeNumber(text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text) || !Number.isSafeInteger(value)) {
    throw unsafeModelFile('the place of its external data is not a whole number')
  }
  return value
}

export interface OpenedFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
}

/** Never a device or a pipe: one descriptor from the check to the last byte. @param name the file's name in messages. */
export async function openModelFile(file: string, name: string, mostBytes: number): Promise<OpenedFile> {
  try {
    const handle = await openRegularFile(file, mostBytes)
    return { handle, sizeBytes: (await handle.stat()).size }
  } catch (error) {
    if (error instanceof UnsuitableFile) throw unsafeModelFile(`${name} ${error.message}`)
    throw badModelFile(`${name} cannot be read`, error instanceof Error ? error.message : null)
  }
}

/** Also not through a link, and no file that has a second name elsewhere. */
async function openPlainFile(file: string, name: string, mostBytes: number): Promise<OpenedFile> {
  const named = await lstat(file).catch((error: Error) => {
    throw badModelFile(`${name} cannot be read`, error.message)
  })
  if (named.isSymbolicLink()) throw unsafeModelFile(`${name} is a link`)
  const opened = await openModelFile(file, name, mostBytes)
  const { ino, dev, nlink } = await opened.handle.stat()
  const problem =
    ino !== named.ino || dev !== named.dev
      ? 'was replaced while it was opened'
      : nlink > 1
        ? 'has a second name elsewhere (a hard link)'
        : null
  if (problem === null) return opened
  await opened.handle.close()
  throw unsafeModelFile(`${name} ${problem}`)
}

// Copies a model's external data into its private folder, only from files proved to be plain ones inside the model's
// own folder, and only as far as its tensors reach. Returns the copied files; reads and writes nothing outside the two
// folders. Throws also BenchError `disk-full`.
const chunkBytes = 4 * 1024 * 1024

/** @param onPiece called after every few megabytes: a long copy is not a stuck one. */
export async function copyExternalData(
  extents: readonly ExternalExtent[],
  modelFolder: string,
  copyFolder: string,
  onPiece: () => void,
): Promise<readonly HashedFile[]> {
  const extentsOf = new Map<string, ExternalExtent[]>()
  for (const extent of extents) {
    const others = extentsOf.get(extent.location)
    if (others) others.push(extent)
    else extentsOf.set(extent.location, [extent])
  }
  const copied: HashedFile[] = []
  let roomBytes: number = sizeLimits.externalBytes.most
  for (const location of [...extentsOf.keys()].sort()) {
    const source = await sourceOf(modelFolder, location)
    const name = `the external data "${location}"`
    const { handle, sizeBytes } = await openPlainFile(source, name, Number.POSITIVE_INFINITY)
    try {
      const endBytes = usedEnd(location, extentsOf.get(location) ?? [], sizeBytes)
      roomBytes -= endBytes
      if (roomBytes < 0) throw unsafeModelFile('its external data is over 64 GiB')
      const target = join(copyFolder, ...location.split('/'))
      await expectRoom(copyFolder, endBytes, 'load')
      const sha256 = await writing(target, async () => {
        await mkdir(dirname(target), { recursive: true, mode: 0o700 })
        return copyBytes(handle, target, endBytes, onPiece)
      })
      copied.push({ location, sha256 })
    } finally {
      await handle.close()
    }
  }
  return copied
}

/** Where the last tensor of a file ends. Refuses a file that is mostly something else. */
function usedEnd(location: string, extents: readonly ExternalExtent[], sizeBytes: number): number {
  let endBytes = 0
  let unusedBytes = 0
  for (const { offsetBytes, lengthBytes } of [...extents].sort((left, right) => left.offsetBytes - right.offsetBytes)) {
    const tensorEnd = lengthBytes === null ? sizeBytes : offsetBytes + lengthBytes
    if (offsetBytes > sizeBytes || tensorEnd > sizeBytes) {
      throw badModelFile(`its external data "${location}" is shorter than the model says`)
    }
    unusedBytes += Math.max(0, offsetBytes - endBytes)
    endBytes = Math.max(endBytes, tensorEnd)
  }
  if (unusedBytes <= sizeLimits.unusedBytes.most) return endBytes
  const unused = Math.round(unusedBytes / 1024 ** 3)
  throw unsafeModelFile(`its external data "${location}" holds ${unused} GiB that none of its tensors use`)
}

/** A folder on the way must not be a link that leads outside. */
async function sourceOf(modelFolder: string, location: string): Promise<string> {
  const source = join(modelFolder, ...location.split('/'))
  const folder = await realpath(dirname(source)).catch((error: Error) => {
    throw badModelFile(`its external data "${location}" is missing`, error.message)
  })
  if (folder !== modelFolder && !folder.startsWith(modelFolder + sep)) {
    throw unsafeModelFile("its external data lies outside of the model's folder")
  }
  return source
}

interface Readable {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** Writes one piece while the one before it is hashed, and has the disk keep pace: a gigabyte takes as long as its hash. */
async function copyBytes(source: Readable, target: string, sizeBytes: number, onPiece: () => void): Promise<string> {
  const hash = createHash('sha256')
  const length = Math.min(chunkBytes, Math.max(sizeBytes, 1))
  const [one, other] = [Buffer.alloc(length), Buffer.alloc(length)]
  const file = await open(target, 'wx', 0o600)
  try {
    let kept: Promise<unknown> = Promise.resolve()
    for (let position = 0, piece = one, next = other; position < sizeBytes; [piece, next] = [next, piece]) {
      const { bytesRead } = await source.read(piece, 0, Math.min(length, sizeBytes - position), position)
      await kept
      if (bytesRead === 0) throw badModelFile('its external data grew shorter while it was copied')
      kept = writtenAt(file, piece.subarray(0, bytesRead), position)
      kept.catch(() => {})
      hash.update(piece.subarray(0, bytesRead))
      position += bytesRead
      onPiece()
    }
    await kept
    await file.sync()
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

async function writtenAt(file: FileHandle, piece: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < piece.length) {
    const { bytesWritten } = await file.write(piece, written, piece.length - written, position + written)
    written += bytesWritten
  }
}
