// Faster, slower, or no difference shown. A winner is named only where the interval excludes 1 and the ratio is further
// from 1 than the dead zone: 2 %, or the noise floor of this machine where that is known and larger.
import type { Interval } from '../domain/figure.ts'
import type { Speedup } from '../domain/run.ts'

export const smallestClaim = 0.02

/** Above it a machine tells too little apart to be silent about it. */
export const poorFloor = 0.05

export type SpeedVerdict = Exclude<Speedup['verdict'], 'refused'>

export function deadZone(noiseFloor: number | null): number {
  return Math.max(smallestClaim, noiseFloor ?? 0)
}

export function excludesEquality({ low, high }: Interval): boolean {
  return low > 1 || high < 1
}

export function speedVerdict(ratio: number, interval: Interval | null, noiseFloor: number | null): SpeedVerdict {
  if (interval === null || !excludesEquality(interval)) return 'no-difference'
  if (Math.abs(ratio - 1) <= deadZone(noiseFloor)) return 'no-difference'
  return ratio > 1 ? 'faster' : 'slower'
}
