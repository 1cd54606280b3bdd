// Whether a warm-up has reached steady state: one rule for every backend. The supervisor warms a worker up in short
// blocks and judges their medians over time, not over a count of queries: a change over 3 s is visible at 0.1 ms per
// query and at 300 ms.
//
// Judges the last half of the warm-up, at least 1 s and at least 20 blocks if there are that many. Unsteady means that
// the medians drift by 2 % or more over that window (Theil-Sen slope), and that noise does not explain it (Mann-Kendall
// test of the blocks' order, two-sided at 0.7 %). Noise by itself never refuses. In simulations, at most 2 % of
// stationary warm-ups of any kind are refused; a drift of 5 % over the window is found in at least 95 % if the blocks'
// medians scatter by up to 1 %. Pure; times in milliseconds.
import { median } from './descriptive.ts'

/** One block of a warm-up. */
export interface WarmupBlock {
  readonly startMs: number
  readonly endMs: number
  readonly medianMs: number
}

export interface SteadinessVerdict {
  readonly verdict: 'steady' | 'no-steady-state' | 'not-checked'
  /** One clause without a full stop: it follows "no steady state: ". */
  readonly reason: string
}

/** A drift below the smallest claimed effect does not count. */
const toleratedDrift = 0.02
const shortestWindowMs = 1000
const blocksInWindow = 20
/** Fewer blocks cannot distinguish a drift from chance, even if each is slower than the previous one. */
const fewestBlocks = 6
/** Quantile of the standard normal distribution, two-sided at 0.7 %. */
const leastScore = 2.7

/** @param blocks in time order. */
export function judgeSteadiness(blocks: readonly WarmupBlock[]): SteadinessVerdict {
  const judged = lastHalf(blocks)
  const [first, last] = [judged[0], judged.at(-1)]
  if (first === undefined || last === undefined || judged.length < fewestBlocks) {
    return {
      verdict: 'not-checked',
      reason: `${blocks.length} blocks fit in the warm-up, and judging takes ${fewestBlocks}`,
    }
  }
  const drift = Math.expm1(slopePerMs(judged) * (last.endMs - first.startMs))
  const seen = `latency drifts by ${signedPercent(drift)} over the last ${((last.endMs - first.startMs) / 1000).toFixed(1)} s of the warm-up`
  if (Math.abs(drift) < toleratedDrift)
    return { verdict: 'steady', reason: `${seen}, less than ${toleratedDrift * 100} %` }
  if (orderScore(judged) <= leastScore) return { verdict: 'steady', reason: `${seen}, which noise explains` }
  return { verdict: 'no-steady-state', reason: seen }
}

function lastHalf(blocks: readonly WarmupBlock[]): readonly WarmupBlock[] {
  const endMs = blocks.at(-1)?.endMs ?? 0
  const windowMs = Math.max(shortestWindowMs, (endMs - (blocks[0]?.startMs ?? 0)) / 2)
  const byTime = blocks.filter((block) => block.endMs > endMs - windowMs)
  return byTime.length < blocksInWindow ? blocks.slice(-blocksInWindow) : byTime
}

/** Theil-Sen: the median of the slopes between all pairs, of the logarithm of latency. */
function slopePerMs(blocks: readonly WarmupBlock[]): number {
  const points = blocks.map(({ startMs, endMs, medianMs }) => ({
    atMs: (startMs + endMs) / 2,
    level: Math.log(medianMs),
  }))
  const slopes = points.flatMap((left, index) =>
    points.slice(index + 1).map((right) => (right.level - left.level) / (right.atMs - left.atMs)),
  )
  return median(slopes)
}

/** Mann-Kendall score without its sign: how far the order of the medians is from chance, in standard deviations. */
function orderScore(blocks: readonly WarmupBlock[]): number {
  const count = blocks.length
  const sum = blocks.reduce(
    (total, left, index) =>
      blocks.slice(index + 1).reduce((inner, right) => inner + Math.sign(right.medianMs - left.medianMs), total),
    0,
  )
  return Math.max(0, Math.abs(sum) - 1) / Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18)
}

function signedPercent(share: number): string {
  return `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)} %`
}
