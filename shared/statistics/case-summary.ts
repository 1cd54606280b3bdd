// What the samples of one case say by themselves: latency, throughput, counts, and badges that samples alone can give.
// Lead samples are counted and left out; flagged blocks are kept.
import type { Badge, CaseRecord } from '../domain/run.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import { settledSamples } from './block-samples.ts'
import { fewestSamples, latencyFigures } from './latency.ts'
import { noiseLevel, relativeSpread } from './noise.ts'
import type { Clusters } from './order-statistic.ts'
import { outlierCounts } from './outliers.ts'
import { mergeSorted } from './sorted.ts'
import { throughput } from './throughput.ts'

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

/** Samples move together within a block, and all of a launch together. */
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
