// Bencher Metric Format (bencher.dev), for `bencher run --adapter json`: the figures of the last run that was named, with
// their intervals. Latency is in ns and throughput in operations (images) per second, as Bencher's own measures are.
import type { Figure } from '../../domain/figure.ts'
import { isMeasured } from '../../domain/figure.ts'
import { visibleText } from '../../domain/visible-text.ts'
import type { ComparedFigureName } from '../../statistics/compare-runs.ts'
import type { ComparisonFormat } from './comparison-format.ts'

interface Metric {
  readonly value: number
  readonly lower_value?: number
  readonly upper_value?: number
}

/** Each with what a unit of the record is in Bencher's. */
const measures: Readonly<Record<ComparedFigureName, readonly [slug: string, factor: number]>> = {
  p50: ['latency', 1e6],
  p95: ['latency-p95', 1e6],
  p99: ['latency-p99', 1e6],
  'images-per-second': ['throughput', 1],
  memory: ['process-peak-memory', 1],
  energy: ['energy-per-image', 1],
}

export const comparisonBmf: ComparisonFormat = ({ comparison: { runs, rows } }) => {
  const last = runs.length - 1
  const benchmarks = rows.flatMap(({ key, entries, figures }) => {
    if (entries[last]?.state !== 'completed') return []
    const metrics = figures.flatMap(({ name, values }) => {
      const metric = metricOf(values[last] ?? null, measures[name][1])
      return metric === null ? [] : [[measures[name][0], metric] as const]
    })
    return metrics.length === 0 ? [] : [[key, Object.fromEntries(metrics)] as const]
  })
  return visibleText(JSON.stringify(Object.fromEntries(benchmarks), null, 2))
}

function metricOf(figure: Figure | null, factor: number): Metric | null {
  if (figure === null || !isMeasured(figure)) return null
  const { value, interval } = figure
  if (interval === null) return { value: value * factor }
  return { value: value * factor, lower_value: interval.low * factor, upper_value: interval.high * factor }
}
