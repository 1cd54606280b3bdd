// One case's latency: the median with its interval, and p95 and p99 as ticks where there are samples enough for them.
import { isMeasured } from '../../domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { figureWithInterval } from '../figure-text.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { chartCell, middle, whisker } from './cell.ts'
import { mark } from './mark.ts'
import { type Scale, zeroScale } from './scale.ts'

export function latencyScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.flatMap(({ latencyMs: { p50, p95, p99 } }) => [p50.value ?? 0, p95.value ?? 0, p99.value ?? 0])
  return zeroScale(Math.max(0, ...shown), width, 3)
}

export function latencyCell(entry: CaseRecord, scale: Scale, width: number): Markup {
  const { p50, p95, p99 } = entry.latencyMs
  const label = `p50 ${figureWithInterval(p50, 'ms')}`
  if (!isMeasured(p50)) return chartCell({ width, scale, label }, [])
  const x = scale.position(p50.value)
  const last = isMeasured(p99) ? p99.value : isMeasured(p95) ? p95.value : p50.value
  const tail = markup`<line x1="${x}" x2="${scale.position(last)}" y1="${middle}" y2="${middle}" class="tail"/>`
  const ticks = [p95, p99].flatMap((figure) => {
    if (!isMeasured(figure)) return []
    const at = scale.position(figure.value)
    return [markup`<line x1="${at}" x2="${at}" y1="${middle - 5}" y2="${middle + 5}" class="tick"/>`]
  })
  const interval =
    p50.interval === null
      ? nothing
      : whisker(scale.position(p50.interval.low), scale.position(p50.interval.high), middle)
  return chartCell({ width, scale, label }, [tail, ...ticks, mark(entry, x, middle), interval])
}
