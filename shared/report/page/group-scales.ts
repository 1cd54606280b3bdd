// Widths in pixels and scales of the columns that the rows of one group share.
import type { Scale } from '../charts/scale.ts'

export const columnWidths = { speedup: 252, latency: 104, memory: 98 } as const

export interface GroupScales {
  readonly speedup: Scale
  readonly latency: Scale
  readonly memory: Scale
}
