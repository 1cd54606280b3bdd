// The image files of a folder, in name order (by code point, the same on every machine), and the hash of their contents.
// Listing opens none: reading and decoding find out whether each can be used. Throws BenchError `no-images`.
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ImageSet } from '../../shared/domain/run.ts'
import { type SamplePhotograph, samplePhotographsSchema } from '../../shared/domain/sample-photographs.ts'
import { sizeLimits } from '../../shared/worker-protocol/limits.ts'
import { errorCode } from '../store/atomic-file.ts'
import { openRegularFile, readSmallText, UnsuitableFile } from '../store/regular-file.ts'

const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.bmp', '.tif', '.tiff'])

export async function listImages(folder: string): Promise<readonly string[]> {
  const absolute = resolve(folder)
  const entries = await readdir(absolute, { withFileTypes: true }).catch(() => null)
  if (entries === null) throw noImages(`The image folder ${absolute} cannot be opened.`)
  const names = entries
    .filter((entry) => !entry.isDirectory() && imageExtensions.has(extname(entry.name).toLowerCase()))
    .map((entry) => entry.name)
    .sort(byCodePoint)
  if (names.length === 0) throw noImages(`The image folder ${absolute} holds no JPEG, PNG, WebP, BMP or TIFF file.`)
  return names.map((name) => join(absolute, name))
}

/** sha256 of an image file's bytes, or why it is skipped. Waits for no pipe and reads no device. */
export async function imageContent(
  file: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string } | { readonly reason: string }> {
  try {
    const handle = await openRegularFile(file, sizeLimits.imageBytes.most)
    const hash = createHash('sha256')
    await pipeline(handle.createReadStream({ end: sizeLimits.imageBytes.most }), hash, { signal })
    return { sha256: hash.digest('hex') }
  } catch (error) {
    signal.throwIfAborted()
    return { reason: whyUnread(error) }
  }
}

const unreadWords: Readonly<Record<string, string>> = {
  ENOENT: 'is missing, or is a link that leads nowhere',
  ELOOP: 'is a link that leads back to itself',
  EACCES: 'may not be read by this user',
}

function whyUnread(error: unknown): string {
  if (error instanceof UnsuitableFile) return `the file ${error.message}`
  const words = unreadWords[errorCode(error) ?? '']
  return words === undefined
    ? `the file cannot be read: ${error instanceof Error ? error.message : error}`
    : `the file ${words}`
}

export interface ReadImages {
  readonly readable: readonly string[]
  /** sha256 by name. */
  readonly contentOf: ReadonlyMap<string, string>
  readonly unreadable: ImageSet['skipped']
}

/** Skips whatever is not a file of readable size, with its reason. Throws BenchError `no-readable-images`. */
export async function readImages(files: readonly string[], signal: AbortSignal): Promise<ReadImages> {
  const readable: string[] = []
  const contentOf = new Map<string, string>()
  const unreadable: ImageSet['skipped'] = []
  for (const file of files) {
    const content = await imageContent(file, signal)
    if ('reason' in content) unreadable.push({ file: basename(file), reason: content.reason })
    else {
      readable.push(file)
      contentOf.set(basename(file), content.sha256)
    }
  }
  if (unreadable.length > 0 && readable.length === 0) throw noneReadable(files.length, unreadable)
  return { readable, contentOf, unreadable }
}

class ImagesChanged extends Error {
  readonly names: ReadonlySet<string>

  constructor(names: ReadonlySet<string>) {
    super('Some images changed while they were read.')
    this.names = names
  }
}

/** Throws what `withoutChanged` catches if the contents of a file are no longer what was read. */
export async function expectUnchanged(
  { contentOf }: ReadImages,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const changed = new Set<string>()
  for (const file of files) {
    const content = await imageContent(file, signal)
    const name = basename(file)
    if ('reason' in content || content.sha256 !== contentOf.get(name)) changed.add(name)
  }
  if (changed.size > 0) throw new ImagesChanged(changed)
}

/** Prepares the files. One that changes meanwhile is skipped with its reason, and the others are prepared again. */
export async function withoutChanged<Prepared extends { readonly images: ImageSet }>(
  files: readonly string[],
  prepare: (files: readonly string[]) => Promise<Prepared>,
): Promise<Prepared> {
  try {
    return await prepare(files)
  } catch (error) {
    if (!(error instanceof ImagesChanged)) throw error
    const skipped = [...error.names].map((file) => ({ file, reason: 'the file changed while it was read' }))
    const others = files.filter((file) => !error.names.has(basename(file)))
    if (others.length === 0) throw noneReadable(files.length, skipped)
    const prepared = await withoutChanged(others, prepare)
    const { images } = prepared
    return {
      ...prepared,
      images: { ...images, found: images.found + skipped.length, skipped: [...skipped, ...images.skipped] },
    }
  }
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function noneReadable(count: number, [first]: ImageSet['skipped']): BenchError {
  return new BenchError({
    code: 'no-readable-images',
    stage: 'inputs',
    message: `None of ${count} images could be read; ${first?.file}: ${first?.reason}.`,
    remedy: 'Use JPEG, PNG, WebP, BMP or TIFF images.',
  })
}

function noImages(message: string): BenchError {
  return new BenchError({
    code: 'no-images',
    stage: 'inputs',
    message,
    remedy: 'Choose a folder with pictures in it, or leave it out to use the pictures that ship with the app.',
  })
}

// The photographs that ship with the app, grouped as in samples.json: crops of one photograph are not independent
// images. In a folder without such a list, every file is its own photograph.
async function shippedPhotographs(samplesFolder: string): Promise<readonly SamplePhotograph[]> {
  const text = await readSmallText(join(samplesFolder, 'samples.json'))
  return text === null ? [] : samplePhotographsSchema.parse(JSON.parse(text))
}

/** sha256 of a file's bytes -> id of its photograph. */
export async function photographOfShipped(samplesFolder: string): Promise<ReadonlyMap<string, string>> {
  const photographs = await shippedPhotographs(samplesFolder)
  return new Map(photographs.flatMap(({ id, files }) => files.map(({ sha256 }) => [sha256, id] as const)))
}

/**
 * Splits the shipped photographs into those that judge a conversion and those that calibrate it: alternating, with all
 * crops of a photograph on the same side.
 */
export interface ImageSplit {
  /** Absolute files, in the order of the list. */
  readonly evaluation: readonly string[]
  readonly calibration: readonly string[]
}

export async function splitOfShipped(samplesFolder: string): Promise<ImageSplit> {
  const photographs = await shippedPhotographs(samplesFolder)
  const filesOf = (isOfHalf: (index: number) => boolean) =>
    photographs
      .filter((_, index) => isOfHalf(index))
      .flatMap(({ files }) => files.map(({ name }) => join(samplesFolder, name)))
  return { evaluation: filesOf((index) => !calibrates(index)), calibration: filesOf(calibrates) }
}

/** Their ids, as prepared inputs report them. */
export async function calibrationPhotographsOf(samplesFolder: string): Promise<ReadonlySet<string>> {
  const photographs = await shippedPhotographs(samplesFolder)
  return new Set(photographs.filter((_, index) => calibrates(index)).map(({ id }) => id))
}

function calibrates(index: number): boolean {
  return index % 2 === 1
}
