// Summary from one case's samples: latency, throughput, counts, and badges that depend on samples. Lead samples are
// counted and left out; flagged blocks are kept.

import { type Figure, measured, missing } from '../domain/figure.ts'
import type { Badge, CaseRecord, ProtocolVersion } from '../domain/run.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import {
  mean,
  median,
  mergeSorted,
  noiseLevel,
  outlierCounts,
  percentileOfSorted,
  relativeSpread,
  sortedCopy,
  valueOfRank,
} from './descriptive.ts'
import { type PooledSamples, pooledInterval, poolSamples } from './launch-percentiles.ts'
import { type Clusters, percentileInterval } from './order-statistic.ts'
import { fewestIndependentSamples, independentSamples, runsOfRates, typicalInterval } from './typical-intervals.ts'

export type CaseFigures = Pick<
  CaseRecord,
  'latencyMs' | 'imagesPerSecond' | 'sampleCount' | 'leadSampleCount' | 'outliers' | 'badges'
>

export function summarizeCase(
  blocks: readonly SampleBlock[],
  batchSize: number,
  protocol: ProtocolVersion = 1,
): CaseFigures {
  const launches = byLaunch(blocks).map((ofLaunch) => ofLaunch.map((block) => sortedCopy(settledSamples(block))))
  const sorted = mergeSorted(launches.map(mergeSorted))
  const sampleCount = sorted.length
  const allSamples = blocks.reduce((sum, block) => sum + block.latenciesMs.length, 0)
  const pooled = protocol === 1 ? null : poolSamples(launches)
  return {
    latencyMs: latencyFigures(sorted, pooled === null ? overAll(sorted, launches) : ofTypicalLaunch(pooled, protocol)),
    imagesPerSecond: throughput(blocks, batchSize, pooled, intervalBy(protocol)),
    sampleCount,
    leadSampleCount: allSamples - sampleCount,
    outliers: outlierCounts(sorted),
    badges: sampleBadges(blocks, sorted),
  }
}

/** A percentile of the case's samples, with its interval. */
type PercentileOf = (share: number) => Figure

/** Protocol 1: over all samples, whatever launch they are from. */
function overAll(sorted: Float64Array, launches: readonly (readonly Float64Array[])[]): PercentileOf {
  const [first = []] = launches
  const clusters: Clusters =
    launches.length < 2 ? { name: 'blocks', sorted: first } : { name: 'launches', sorted: launches.map(mergeSorted) }
  return (share) => measured(percentileOfSorted(sorted, share), percentileInterval(sorted, share, level, clusters))
}

/** Since protocol 2: of a typical launch. Since protocol 3 also only if independent samples enough allow it. */
function ofTypicalLaunch(pooled: PooledSamples, protocol: ProtocolVersion): PercentileOf {
  const interval = intervalBy(protocol)
  return (share) => (protocol === 2 ? null : tooAlike(pooled, share)) ?? figureOf(pooled, share, interval)
}

function figureOf(pooled: PooledSamples, share: number, interval: IntervalOf): Figure {
  return measured(percentileOfSorted(pooled.sorted, share), interval(pooled, share, level))
}

type IntervalOf = typeof typicalInterval

function intervalBy(protocol: ProtocolVersion): IntervalOf {
  return protocol === 2 ? pooledInterval : typicalInterval
}

function byLaunch(blocks: readonly SampleBlock[]): readonly (readonly SampleBlock[])[] {
  const launches = new Map<number, SampleBlock[]>()
  for (const block of blocks) {
    const ofLaunch = launches.get(block.launch)
    if (ofLaunch === undefined) launches.set(block.launch, [block])
    else ofLaunch.push(block)
  }
  return [...launches.values()]
}

function sampleBadges(blocks: readonly SampleBlock[], sorted: Float64Array): Badge[] {
  const badges: Badge[] = []
  if (sorted.length === 0) return badges
  const flags = new Set(blocks.flatMap((block) => block.flags))
  const isDisturbed = flags.has('foreign-load') || flags.has('swap')
  if (isDisturbed || noiseLevel(relativeSpread(sorted)) !== 'quiet') badges.push('noisy')
  if (flags.has('throttled') || flags.has('clock-dip')) badges.push('throttled')
  if (sorted.length < fewestSamples.p90) badges.push('few-samples')
  return badges
}

// The latency figures of a case over all of its settled samples. A percentile without enough samples is missing, with
// the count that it needs: never interpolated from a few.

const level = 0.95

/** Minimum number of samples for a percentile: at least one sample then lies above it with 99 % certainty. */
export const fewestSamples = { p50: 1, p90: 64, p95: 130, p99: 662 } as const

/**
 * Why a percentile is missing: how many samples there are, and how many it needs.
 * @param alike so many that resemble each other are worth only `count`.
 */
export function tooFewSamples(count: number, needed: number, alike: number | null = null): Figure {
  return missing(`n too small (${alike === null ? '' : `${alike}, worth `}${count}/${needed})`)
}

/** Missing if the samples resemble each other so much that they tell as much as too few. Null if there are enough. */
function tooAlike(pooled: PooledSamples, share: number): Figure | null {
  const needed = fewestIndependentSamples(share, level)
  const independent = Math.floor(independentSamples(pooled, share))
  if (share <= 0.5 || independent >= needed) return null
  return tooFewSamples(independent, needed, pooled.sorted.length)
}

function latencyFigures(sorted: Float64Array, percentileOf: PercentileOf): CaseRecord['latencyMs'] {
  const percentileFigure = (share: number, needed: number): Figure => {
    if (sorted.length < needed) return tooFewSamples(sorted.length, needed)
    return percentileOf(share)
  }
  const present = (value: () => number): Figure => (sorted.length === 0 ? missing('no samples') : measured(value()))
  return {
    p50: sorted.length === 0 ? missing('no samples') : percentileFigure(0.5, fewestSamples.p50),
    p90: percentileFigure(0.9, fewestSamples.p90),
    p95: percentileFigure(0.95, fewestSamples.p95),
    p99: percentileFigure(0.99, fewestSamples.p99),
    mean: present(() => mean(sorted)),
    min: present(() => valueOfRank(sorted, 1)),
  }
}

// Images per second of wall time: the images of a block divided by its time from start to end, including pauses between
// queries. The median over blocks, with an interval over them (over launches if there are several).

/** @param latencies since protocol 2: tell how far each launch is off better than a few blocks do. Null in protocol 1. */
function throughput(
  blocks: readonly SampleBlock[],
  batchSize: number,
  latencies: PooledSamples | null,
  intervalOf: IntervalOf,
): Figure {
  const timed = blocks.filter((block) => block.endedAtNs > block.startedAtNs)
  if (timed.length === 0) return missing('no block was measured')
  const launches = byLaunch(timed)
  if (latencies !== null) {
    const perImage = launches.map((each) => each.map((block) => Float64Array.of(1 / imagesPerSecond(block, batchSize))))
    return reciprocalMedian(poolSamples(perImage, latencies.levels), intervalOf)
  }
  const rates = launches.map((each) => sortedCopy(each.map((block) => imagesPerSecond(block, batchSize))))
  const sorted = mergeSorted(rates)
  const clusters = rates.length > 1 ? ({ name: 'launches', sorted: rates } as const) : null
  return measured(percentileOfSorted(sorted, 0.5), percentileInterval(sorted, 0.5, level, clusters))
}

/** Time per image is pooled, at the levels of the latencies; its reciprocal is the throughput. */
function reciprocalMedian(perImage: PooledSamples, intervalOf: IntervalOf): Figure {
  const interval = intervalOf(perImage, 0.5, level, runsOfRates)
  const rates = interval && { ...interval, low: 1 / interval.high, high: 1 / interval.low }
  return measured(1 / percentileOfSorted(perImage.sorted, 0.5), rates)
}

function imagesPerSecond(block: SampleBlock, batchSize: number): number {
  return (batchSize * block.latenciesMs.length * 1e9) / (block.endedAtNs - block.startedAtNs)
}

// The samples of a block that summaries count: all except its lead samples. Flagged blocks are never left out.

/** The blocks of a case of this group, in any order; empty if it was never measured. */
export type BlocksOf = (caseKey: string) => readonly SampleBlock[]

function settledSamples(block: SampleBlock): readonly number[] {
  return block.leadSamples === 0 ? block.latenciesMs : block.latenciesMs.slice(block.leadSamples)
}

/** Null if a block has only lead samples. */
export function blockMedianMs(block: SampleBlock): number | null {
  const samples = settledSamples(block)
  return samples.length === 0 ? null : median(samples)
}
