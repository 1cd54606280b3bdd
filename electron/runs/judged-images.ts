// Which images of a run judge a case: all, but for an INT8 file those that it was calibrated on. Which these were is
// known of the shipped photographs alone; of a folder it is said where the run reads the same one.
import type { ImageFacts } from '../../shared/statistics/parity-figures.ts'
import { shippedSource } from '../inputs/prepared-inputs.ts'
import type { CaseTrial } from './case-trial.ts'

export interface RunImages extends ImageFacts {
  readonly images: { readonly source: string }
  /** Of the shipped photographs, those that conversions calibrate on. */
  readonly calibrationPhotographs: ReadonlySet<string>
}

export interface JudgedImages {
  /** Indexes of images; null for all. */
  readonly rows: readonly number[] | null
  /** Said after the verdict; empty where there is nothing to say. */
  readonly aside: string
}

export function judgedImages({ artifact }: Pick<CaseTrial, 'artifact'>, run: RunImages): JudgedImages {
  const source = artifact?.calibration?.source
  if (source === undefined || source !== run.images.source) return { rows: null, aside: '' }
  if (source !== shippedSource || run.photographs === null) {
    return { rows: null, aside: '; it was calibrated on images of the same folder' }
  }
  const rows = run.photographs.flatMap((photograph, row) => (run.calibrationPhotographs.has(photograph) ? [] : [row]))
  if (rows.length === 0) return { rows: null, aside: '; it was calibrated on these very images' }
  return rows.length === run.photographs.length
    ? { rows: null, aside: '' }
    : { rows, aside: '; images that it was calibrated on are left out' }
}
