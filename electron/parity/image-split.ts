// Which of the shipped photographs judge a conversion and which calibrate it: every other photograph, with all its
// crops, so that no photograph is in both.
import { join } from 'node:path'
import { shippedPhotographs } from '../inputs/shipped-photographs.ts'

export interface ImageSplit {
  /** Absolute files, in the order of the list. */
  readonly evaluation: readonly string[]
  readonly calibration: readonly string[]
}

export async function splitOfShipped(samplesFolder: string): Promise<ImageSplit> {
  const photographs = await shippedPhotographs(samplesFolder)
  const filesOf = (remainder: number) =>
    photographs
      .filter((_, index) => index % 2 === remainder)
      .flatMap(({ files }) => files.map(({ name }) => join(samplesFolder, name)))
  return { evaluation: filesOf(0), calibration: filesOf(1) }
}
