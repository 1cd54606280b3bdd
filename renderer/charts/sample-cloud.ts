// Any number of samples as arrays, and drawn as marks on a canvas.
import type { BlockFlag, SampleBlock } from '../../shared/domain/sample-block.ts'

/**
 * Blocks in sequence as arrays for a plot. Times are s from the run's start; a sample's own time is not recorded, so a
 * block's samples are spread evenly over it.
 */
export interface SampleSeries {
  readonly timesS: Float64Array
  readonly latenciesMs: Float64Array
  /** 1 if the sample's block was flagged. */
  readonly isFlagged: Uint8Array
  readonly flagged: readonly { readonly startS: number; readonly endS: number; readonly flags: readonly BlockFlag[] }[]
}

export function flattenBlocks(blocks: readonly SampleBlock[]): SampleSeries {
  const count = blocks.reduce((sum, block) => sum + block.latenciesMs.length, 0)
  const timesS = new Float64Array(count)
  const latenciesMs = new Float64Array(count)
  const isFlagged = new Uint8Array(count)
  let index = 0
  for (const block of blocks) {
    const startS = block.startedAtNs / 1e9
    const stepS = (block.endedAtNs - block.startedAtNs) / 1e9 / block.latenciesMs.length
    if (block.flags.length > 0) isFlagged.fill(1, index, index + block.latenciesMs.length)
    for (const [offset, latencyMs] of block.latenciesMs.entries()) {
      timesS[index] = startS + stepS * (offset + 0.5)
      latenciesMs[index] = latencyMs
      index += 1
    }
  }
  const flagged = blocks
    .filter(({ flags }) => flags.length > 0)
    .map((block) => ({ startS: block.startedAtNs / 1e9, endS: block.endedAtNs / 1e9, flags: block.flags }))
  return { timesS, latenciesMs, isFlagged, flagged }
}

/** The samples that summaries use: all except the lead samples of each block. */
export function* summarisedSamples(blocks: readonly SampleBlock[]): Generator<number> {
  for (const { latenciesMs, leadSamples } of blocks) {
    for (let index = leadSamples; index < latenciesMs.length; index += 1) {
      const latencyMs = latenciesMs[index]
      if (latencyMs !== undefined) yield latencyMs
    }
  }
}

/**
 * Draws any number of samples as marks on a canvas. Paints each pixel at most once, so that the cost depends on the
 * size of the picture, not on the number of samples.
 */
interface CloudFrame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Leaves out what is outside the frame; `hollow` samples are outlines. Returns how many marks were drawn. */
export function drawCloud(
  context: CanvasRenderingContext2D,
  frame: CloudFrame,
  count: number,
  size: number,
  x: (index: number) => number,
  y: (index: number) => number,
  hollow: (index: number) => boolean = () => false,
): number {
  const width = Math.ceil(frame.width)
  const height = Math.ceil(frame.height)
  const painted = new Uint8Array(Math.max(1, width * height))
  let drawn = 0
  for (let index = 0; index < count; index += 1) {
    const column = Math.round(x(index))
    const row = Math.round(y(index))
    if (column < 0 || row < 0 || column >= width || row >= height) continue
    const pixel = row * width + column
    if (painted[pixel]) continue
    painted[pixel] = 1
    drawn += 1
    const [left, top] = [frame.left + column - size / 2, frame.top + row - size / 2]
    if (hollow(index)) context.strokeRect(left - size / 4, top - size / 4, size * 1.5, size * 1.5)
    else context.fillRect(left, top, size, size)
  }
  return drawn
}
