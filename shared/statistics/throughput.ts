// Images per second of wall time: what a block processed, over how long it took from its start to its end, pauses
// between queries included. The median over blocks, with an interval over them (over launches where there are several).
import { type Figure, measured, missing } from '../domain/figure.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import { percentileInterval } from './order-statistic.ts'
import { percentileOfSorted } from './percentile.ts'
import { sortedCopy } from './sorted.ts'

export function blockImagesPerSecond(block: SampleBlock, batchSize: number): number {
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
