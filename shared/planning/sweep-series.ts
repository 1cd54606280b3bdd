// The next point of one series of a sweep: one candidate with one number of streams, batches ascending. A batch that
// cannot fit is not tried, a batch that ran out of memory is never retried (the gap below it is halved instead), and
// the series ends when larger batches give no more throughput. Decides from existing points; measures nothing.
import { isMeasured } from '../domain/figure.ts'
import type { SweepPoint } from '../domain/sweep.ts'
import { fitsIn, predictMemoryBytes } from './memory-prediction.ts'

export type SeriesPoint = Pick<SweepPoint, 'batchSize' | 'state' | 'latencyMs' | 'imagesPerSecond' | 'memoryBytes'>

export interface Series {
  /** As requested. */
  readonly batchSizes: readonly number[]
  readonly points: readonly SeriesPoint[]
  /** Free memory where the model computes; null if unknown. */
  readonly freeBytes: number | null
}

export type SeriesStep =
  | { readonly kind: 'measure'; readonly batchSize: number; readonly predictedMemoryBytes: number | null }
  | {
      readonly kind: 'skip'
      readonly batchSize: number
      readonly predictedMemoryBytes: number | null
      readonly state: 'predicted-out-of-memory' | 'dominated'
      readonly reason: string
    }

/** Batches tried between the last that fitted and the first that did not. */
const mostHalvings = 2
/** Gain that a larger batch must give over a smaller one to be worth its time. */
const leastGrowth = 1.02

/** Null at the end of the series. */
export function nextSeriesStep({ batchSizes, points, freeBytes }: Series): SeriesStep | null {
  const asked = [...new Set(batchSizes)].sort((left, right) => left - right)
  const halfway = halfwayBatch(asked, points)
  const batchSize = halfway ?? asked.find((size) => points.every((point) => point.batchSize !== size))
  if (batchSize === undefined) return null
  const predictedMemoryBytes = predictMemoryBytes(knownMemory(points), batchSize)
  const skip = (state: 'predicted-out-of-memory' | 'dominated', reason: string): SeriesStep => ({
    ...{ kind: 'skip', batchSize, predictedMemoryBytes, state, reason },
  })
  const tooLarge = smallestTooLarge(points)
  if (tooLarge !== null && batchSize > tooLarge) {
    return skip('predicted-out-of-memory', `Not tried: batch ${tooLarge} is too large for the memory already.`)
  }
  const dominated = dominatedPair(points)
  if (dominated !== null) {
    const [smaller, larger] = dominated
    return skip(
      'dominated',
      `Not measured: batches ${smaller} and ${larger} give no 2 % more throughput than a smaller one, at a higher latency.`,
    )
  }
  if (predictedMemoryBytes !== null && freeBytes !== null && !fitsIn(predictedMemoryBytes, freeBytes)) {
    return skip(
      'predicted-out-of-memory',
      `Not tried: it would take about ${gigabytes(predictedMemoryBytes)}, and ${gigabytes(freeBytes)} are free.`,
    )
  }
  return { kind: 'measure', batchSize, predictedMemoryBytes }
}

/** Only a batch that was tried and failed is worth searching below; null if there is none, or nothing between. */
function halfwayBatch(asked: readonly number[], points: readonly SeriesPoint[]): number | null {
  if (points.every(({ state }) => state !== 'out-of-memory')) return null
  if (points.filter(({ batchSize }) => !asked.includes(batchSize)).length >= mostHalvings) return null
  const tooLarge = smallestTooLarge(points) ?? 1
  const fitted = points.filter(({ state }) => state === 'measured').map((point) => point.batchSize)
  const batchSize = Math.floor((Math.max(0, ...fitted) + tooLarge) / 2)
  return batchSize < 1 || points.some((point) => point.batchSize === batchSize) ? null : batchSize
}

function smallestTooLarge(points: readonly SeriesPoint[]): number | null {
  const sizes = points.flatMap(({ state, batchSize }) =>
    state === 'out-of-memory' || state === 'predicted-out-of-memory' ? [batchSize] : [],
  )
  return sizes.length === 0 ? null : Math.min(...sizes)
}

function dominatedPair(points: readonly SeriesPoint[]): readonly [number, number] | null {
  const measured = points
    .filter(({ state }) => state === 'measured')
    .sort((left, right) => left.batchSize - right.batchSize)
  const [smaller, larger] = measured.slice(-2)
  if (smaller === undefined || larger === undefined) return null
  const isDominated = (point: SeriesPoint) =>
    measured.some((other) => other.batchSize < point.batchSize && dominates(other, point))
  return isDominated(smaller) && isDominated(larger) ? [smaller.batchSize, larger.batchSize] : null
}

function dominates(smaller: SeriesPoint, larger: SeriesPoint): boolean {
  const figures = [smaller.imagesPerSecond, larger.imagesPerSecond, smaller.latencyMs, larger.latencyMs]
  const [before, after, beforeMs, afterMs] = figures.map((figure) => (isMeasured(figure) ? figure.value : null))
  if (before == null || after == null || beforeMs == null || afterMs == null) return false
  return after < leastGrowth * before && afterMs > beforeMs
}

function knownMemory(points: readonly SeriesPoint[]) {
  return points.flatMap(({ batchSize, memoryBytes }) =>
    isMeasured(memoryBytes) ? [{ batchSize, bytes: memoryBytes.value }] : [],
  )
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1)} GB`
}
