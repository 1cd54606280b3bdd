// What stands behind a verdict, in words for the user.
import type { Interval } from '../domain/figure.ts'
import type { Speedup } from '../domain/run.ts'
import { poorFloorSentence } from './applied-noise-floor.ts'
import { deadZone, excludesEquality, type SpeedVerdict } from './verdict.ts'

export function verdictReason(
  ratio: number,
  interval: Interval | null,
  verdict: SpeedVerdict,
  noiseFloor: number | null,
): string {
  const zone = percent(deadZone(noiseFloor))
  if (interval === null) return 'too few rounds or launches for an interval'
  const range = `${interval.low.toFixed(3)} – ${interval.high.toFixed(3)}`
  const poor = poorFloorSentence(noiseFloor)
  const limit = poor === null ? '' : `; ${poor}`
  if (verdict !== 'no-difference') return `the interval ${range} excludes 1, by more than ${zone}${limit}`
  if (!excludesEquality(interval)) return `the interval ${range} includes 1${limit}`
  if (Math.abs(ratio - 1) <= deadZone(noiseFloor)) return `${ratio.toFixed(3)} × is within ±${zone}${limit}`
  return `the interval ${range} excludes 1, but a clearer comparison of the same group did not`
}

export function identicalPairReason({ value, interval }: Speedup): string {
  const range = interval === null ? '' : ` (${interval.low.toFixed(3)} – ${interval.high.toFixed(3)})`
  return `two copies of the baseline were told apart: ${value?.toFixed(3)} ×${range}, so no difference can be believed`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
