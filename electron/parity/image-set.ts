// Images chosen for one purpose and prepared: the array that workers map, what it was made from, and the hash of the
// set by content. Evaluation and calibration sets never share an image.
import type { PreparedInputs } from '../inputs/prepared-inputs.ts'

export interface PreparedImageSet extends PreparedInputs {
  /** For the user: `shipped photographs`, a folder, `Digits: its own calibration set`. */
  readonly source: string
  /** Of the images' own bytes, in order; the same set has the same hash whatever the size it is prepared for. */
  readonly sha256: string
}
