// The latency figures of a case over all of its settled samples. A percentile without enough samples to stand on is
// missing, with the count that it needs: never interpolated from a handful.
import { type Figure, measured, missing } from '../domain/figure.ts'
import type { CaseRecord } from '../domain/run.ts'
import { mean } from './mean.ts'
import { type Clusters, percentileInterval } from './order-statistic.ts'
import { percentileOfSorted } from './percentile.ts'
import { valueOfRank } from './sorted.ts'

const level = 0.95

/** Samples below which a percentile is not given: one sample above it is then due with 99 % certainty and allowed for. */
export const fewestSamples = { p50: 1, p90: 64, p95: 130, p99: 662 } as const

export function latencyFigures(sorted: Float64Array, clusters: Clusters): CaseRecord['latencyMs'] {
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
