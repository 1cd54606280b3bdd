// The photographs that ship with the app, as samples.json groups their files: crops of one photograph are not images of
// different things. Where a folder has no such list (another may stand in for it), every file is its own photograph.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SamplePhotograph, samplePhotographsSchema } from '../../shared/domain/sample-photographs.ts'

export async function shippedPhotographs(samplesFolder: string): Promise<readonly SamplePhotograph[]> {
  const text = await readFile(join(samplesFolder, 'samples.json'), 'utf8').catch(() => null)
  return text === null ? [] : samplePhotographsSchema.parse(JSON.parse(text))
}

/** sha256 of a file's bytes -> id of its photograph. */
export async function photographOfShipped(samplesFolder: string): Promise<ReadonlyMap<string, string>> {
  const photographs = await shippedPhotographs(samplesFolder)
  return new Map(photographs.flatMap(({ id, files }) => files.map(({ sha256 }) => [sha256, id] as const)))
}

/**
 * Which of the shipped photographs judge a conversion and which calibrate it: every other photograph, with all its
 * crops, so that no photograph is in both.
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

/** Their ids, as prepared inputs tell them. */
export async function calibrationPhotographsOf(samplesFolder: string): Promise<ReadonlySet<string>> {
  const photographs = await shippedPhotographs(samplesFolder)
  return new Set(photographs.filter((_, index) => calibrates(index)).map(({ id }) => id))
}

function calibrates(index: number): boolean {
  return index % 2 === 1
}
