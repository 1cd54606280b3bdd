// Whether a warm-up has reached steady state: one rule for every backend. The supervisor warms a worker up in short
// blocks and judges their medians over time, not over a count of queries.
//
// The question is how far the latency still is from where it settles. Engines settle like exp(-t / time constant), with
// time constants of up to 10 s. The distance that remains is then at most the slope times 10 s. The slope is that of a
// straight line through the medians of twelve equal parts of the last two thirds of the warm-up (10 s at most), least
// squares on a logarithmic scale. With its one-sided 97.5 % bound it gives `withinShare`: the case is steady within that
// share, or noise hides it. Parts, not blocks, so that noise that lasts several blocks is not mistaken for many
// observations.
//
// Two things are told apart. A drift is *seen* if the slope is not chance (Student's t, two-sided at 0.7 %) and adds up
// to 2 % or more over the window: not steady. Otherwise the case is steady within `withinShare`; above `wantedShare`
// that is little, and a longer warm-up would tell more. Noise by itself never refuses. The shares of warm-ups that are
// refused, missed and hidden are simulated in test/shared/statistics/steadiness.long.test.ts. Pure; times in ms.
import { mean, median } from './descriptive.ts'
import { studentQuantile } from './distributions.ts'

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
  /** How far latency may still be from where it settles: 0.02 is 2 %. Null if not checked, or if noise hides even 100 %. */
  readonly withinShare: number | null
}

/** A warm-up goes on, for as long as its rule lets it look, until the case is steady within this share. */
const wantedShare = 0.05
/** The longest time constant that is looked for. */
const timeConstantMs = 10_000
/** A drift over the window below the smallest claimed effect does not count. */
const toleratedDrift = 0.02
const longestWindowMs = 10_000
const windowShare = 2 / 3
const parts = 12
/** Fewer cannot tell a drift from chance. */
const fewestParts = 6
/** Student's t by degrees of freedom: two-sided at 0.7 %, and one-sided at 97.5 % (there are several looks). */
const driftQuantiles = quantilesAt(0.993)
const boundQuantiles = quantilesAt(0.95)

function quantilesAt(level: number): readonly number[] {
  return Array.from({ length: parts - 1 }, (_, degrees) =>
    degrees === 0 ? Number.NaN : studentQuantile(level, degrees),
  )
}

/** @param blocks in time order. */
export function judgeSteadiness(blocks: readonly WarmupBlock[]): SteadinessVerdict {
  const line = driftOf(lastPart(blocks))
  if (line === null) {
    return {
      verdict: 'not-checked',
      reason: `${blocks.length} blocks fit in the warm-up, and judging takes ${fewestParts}`,
      withinShare: null,
    }
  }
  const remaining = remainingShare(line, timeConstantMs)
  const withinShare = remaining <= 1 ? remaining : null
  const drift = `latency drifts by ${signedPercent(Math.expm1(line.perMs * line.lastsMs))} over the last ${seconds(line.lastsMs)} of the warm-up`
  if (isSeen(line)) return { verdict: 'no-steady-state', reason: drift, withinShare }
  return { verdict: 'steady', reason: `${steadyWithin(withinShare)}: ${drift}`, withinShare }
}

/** `steady within 2.1 %`; from 10 % on, rounded up to whole per cent. */
export function steadyWithin(share: number | null): string {
  if (share === null) return 'steady as far as noise shows'
  return `steady within ${share < 0.1 ? (share * 100).toFixed(1) : Math.ceil(share * 100)} %`
}

/**
 * How long the case has to warm up in later launches, by its first warm-up: the earliest time from which the rest of
 * the warm-up was steady within `wantedShare`. If noise hides that, half of the warm-up, or longer if a drift is seen
 * after it.
 */
export function settledAfterMs(blocks: readonly WarmupBlock[], leastMs: number): number {
  const endMs = blocks.at(-1)?.endMs ?? 0
  const isResolved = isAsSteadyAsWanted(judgeSteadiness(blocks))
  for (let fromMs = isResolved ? leastMs : Math.max(leastMs, endMs / 2); fromMs < endMs; fromMs *= growthOfCandidates) {
    const line = driftOf(blocks.filter(({ startMs }) => startMs >= fromMs))
    if (line === null) break
    const isSettled = isResolved ? remainingShare(line, timeConstantMs + line.lastsMs) <= wantedShare : true
    if (isSettled && !isSeen(line)) return fromMs
  }
  return Math.max(leastMs, endMs)
}

const growthOfCandidates = 1.25

/** False if noise hides it: a longer warm-up would tell more. */
export function isAsSteadyAsWanted({ verdict, withinShare }: SteadinessVerdict): boolean {
  return verdict === 'steady' && withinShare !== null && withinShare <= wantedShare
}

function lastPart(blocks: readonly WarmupBlock[]): readonly WarmupBlock[] {
  const endMs = blocks.at(-1)?.endMs ?? 0
  const windowMs = Math.min(longestWindowMs, (endMs - (blocks[0]?.startMs ?? 0)) * windowShare)
  const judged = blocks.filter((block) => block.endMs > endMs - windowMs)
  return judged.length < parts ? blocks.slice(-parts) : judged
}

/** A straight line through the logarithm of latency over time. */
interface Line {
  readonly perMs: number
  /** Standard error of `perMs`. */
  readonly error: number
  readonly degreesOfFreedom: number
  readonly lastsMs: number
}

/** Null with too few blocks. */
function driftOf(blocks: readonly WarmupBlock[]): Line | null {
  const [first, last] = [blocks[0], blocks.at(-1)]
  if (first === undefined || last === undefined) return null
  const lastsMs = last.endMs - first.startMs
  const middle = ({ startMs, endMs }: WarmupBlock) => (startMs + endMs) / 2
  const byPart = Array.from({ length: parts }, (): WarmupBlock[] => [])
  for (const block of blocks) byPart[Math.floor(((middle(block) - first.startMs) / lastsMs) * parts)]?.push(block)
  const points = byPart
    .filter(({ length }) => length > 0)
    .map((part) => ({
      atMs: mean(part.map(middle)),
      level: median(part.map(({ medianMs }) => Math.log(medianMs))),
    }))
  if (points.length < fewestParts) return null
  const [atMs, level] = [mean(points.map((point) => point.atMs)), mean(points.map((point) => point.level))]
  const sum = (of: (point: { atMs: number; level: number }) => number) =>
    points.reduce((total, point) => total + of(point), 0)
  const spread = sum((point) => (point.atMs - atMs) ** 2)
  const perMs = sum((point) => (point.atMs - atMs) * (point.level - level)) / spread
  const squares = sum((point) => (point.level - level - perMs * (point.atMs - atMs)) ** 2)
  const degreesOfFreedom = points.length - 2
  return { perMs, error: Math.sqrt(squares / degreesOfFreedom / spread), degreesOfFreedom, lastsMs }
}

function isSeen({ perMs, error, degreesOfFreedom, lastsMs }: Line): boolean {
  if (Math.abs(Math.expm1(perMs * lastsMs)) < toleratedDrift) return false
  return Math.abs(perMs) > (driftQuantiles[degreesOfFreedom] ?? Number.NaN) * error
}

function remainingShare({ perMs, error, degreesOfFreedom }: Line, overMs: number): number {
  return Math.expm1((Math.abs(perMs) + (boundQuantiles[degreesOfFreedom] ?? Number.NaN) * error) * overMs)
}

function signedPercent(share: number): string {
  return `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)} %`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
