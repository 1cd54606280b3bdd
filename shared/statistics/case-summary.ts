// Summary from one case's samples: latency, throughput, counts, and badges that depend on samples. Lead samples are
// counted and left out; flagged blocks are kept.

import { type Figure, measured, missing } from '../domain/figure.ts'
import type { Badge, CaseRecord } from '../domain/run.ts'
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
import { type Clusters, percentileInterval } from './order-statistic.ts'

export type CaseFigures = Pick<
  CaseRecord,
  'latencyMs' | 'imagesPerSecond' | 'sampleCount' | 'leadSampleCount' | 'outliers' | 'badges'
>

export function summarizeCase(blocks: readonly SampleBlock[], batchSize: number): CaseFigures {
  const clusters = sampleClusters(blocks)
  const sorted = mergeSorted(clusters.sorted)
  const sampleCount = sorted.length
  const allSamples = blocks.reduce((sum, block) => sum + block.latenciesMs.length, 0)
  return {
    latencyMs: latencyFigures(sorted, clusters),
    imagesPerSecond: throughput(blocks, batchSize),
    sampleCount,
    leadSampleCount: allSamples - sampleCount,
    outliers: outlierCounts(sorted),
    badges: sampleBadges(blocks, sorted),
  }
}

/** Samples are correlated within a block, and within a launch. */
function sampleClusters(blocks: readonly SampleBlock[]): Clusters {
  const launches = [...new Set(blocks.map((block) => block.launch))]
  if (launches.length < 2) return { name: 'blocks', sorted: blocks.map((block) => sortedSamples([block])) }
  const ofLaunch = (launch: number) => sortedSamples(blocks.filter((block) => block.launch === launch))
  return { name: 'launches', sorted: launches.map(ofLaunch) }
}

function sortedSamples(blocks: readonly SampleBlock[]): Float64Array {
  const samples = blocks.map(settledSamples)
  const sorted = new Float64Array(samples.reduce((sum, { length }) => sum + length, 0))
  let filled = 0
  for (const each of samples) {
    sorted.set(each, filled)
    filled += each.length
  }
  return sorted.sort()
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

function latencyFigures(sorted: Float64Array, clusters: Clusters): CaseRecord['latencyMs'] {
  const percentileFigure = (share: number, needed: number): Figure => {
    if (sorted.length < needed) return missing(`n too small (${sorted.length}/${needed})`)
    return measured(percentileOfSorted(sorted, share), percentileInterval(sorted, share, level, clusters))
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

function blockImagesPerSecond(block: SampleBlock, batchSize: number): number {
  return (batchSize * block.latenciesMs.length * 1e9) / (block.endedAtNs - block.startedAtNs)
}

export function throughput(blocks: readonly SampleBlock[], batchSize: number, level = 0.95): Figure {
  const timed = blocks.filter((block) => block.endedAtNs > block.startedAtNs)
  if (timed.length === 0) return missing('no block was measured')
  const rates = timed.map((block) => blockImagesPerSecond(block, batchSize))
  const sorted = sortedCopy(rates)
  const launches = [...new Set(timed.map((block) => block.launch))]
  const byLaunch = launches.map((launch) => sortedCopy(rates.filter((_, index) => timed[index]?.launch === launch)))
  const clusters = launches.length > 1 ? ({ name: 'launches', sorted: byLaunch } as const) : null
  return measured(percentileOfSorted(sorted, 0.5), percentileInterval(sorted, 0.5, level, clusters))
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
