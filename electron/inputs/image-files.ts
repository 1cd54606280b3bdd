// The image files of a folder, in name order (by code point, the same on every machine). Does not open them: decoding
// finds out whether each can be read. Throws BenchError `no-images`.
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type SamplePhotograph, samplePhotographsSchema } from '../../shared/domain/sample-photographs.ts'

const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.bmp', '.tif', '.tiff'])

export async function listImages(folder: string): Promise<readonly string[]> {
  const absolute = resolve(folder)
  const entries = await readdir(absolute, { withFileTypes: true }).catch(() => null)
  if (entries === null) throw noImages(`The image folder ${absolute} cannot be opened.`)
  const names = entries
    .filter(
      (entry) => (entry.isFile() || entry.isSymbolicLink()) && imageExtensions.has(extname(entry.name).toLowerCase()),
    )
    .map((entry) => entry.name)
    .sort(byCodePoint)
  if (names.length === 0) throw noImages(`The image folder ${absolute} holds no JPEG, PNG, WebP, BMP or TIFF file.`)
  return names.map((name) => join(absolute, name))
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
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
  const text = await readFile(join(samplesFolder, 'samples.json'), 'utf8').catch(() => null)
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
