// The speedups of one family of comparisons under protocols 2 and 3: what the launches say, in the words of the record.
// Does not decide what may be compared.
import type { LaunchRecord, Speedup } from '../domain/run.ts'
import { mean } from './descriptive.ts'
import type { MeasuredLaunches } from './measured-launches.ts'
import {
  estimateLaunches,
  floorAfter,
  furtherLaunches,
  intervalPath,
  isWithin,
  type JudgedComparison,
  judgeLaunches,
  leastFactor,
  looksOf,
  sequentialDesign,
  type Zone,
} from './sequential.ts'
import { excludesEquality, poorFloorSentence } from './verdict.ts'

export interface FairComparison extends MeasuredLaunches {
  readonly caseKey: string
  readonly heading: string | null
  /** Without the rounds in which a block of either was flagged; null if none was. */
  readonly undisturbed: (MeasuredLaunches & { readonly roundsLeftOut: number }) | null
  /** What limits the claim, besides its interval; null if nothing does. */
  readonly note: string | null
}

export interface SequentialGroup {
  /** caseKey of the baseline. */
  readonly baseline: string
  readonly zone: Zone
  /** Null if unknown. */
  readonly minutesPerLaunch: number | null
}

/** By caseKey. Comparisons without a launch have none. */
export function sequentialSpeedups(
  family: readonly FairComparison[],
  group: SequentialGroup,
): ReadonlyMap<string, Speedup> {
  const looks = looksOf(family, group.zone)
  const { comparisons } = judgeLaunches(family, group.zone)
  const speedups = new Map<string, Speedup>()
  for (const comparison of family) {
    const judged = comparisons.find(({ caseKey }) => caseKey === comparison.caseKey)
    if (judged === undefined) continue
    const { value, interval, verdict, margin, launches, share } = judged
    const minutesToDecide = minutesLeft(comparison, judged, group)
    const withoutFlagged = undisturbedEstimate(comparison, share)
    const words = decisionReason(judged, minutesToDecide, floorAfter(launches, group.zone.noiseFloor))
    speedups.set(comparison.caseKey, {
      value,
      interval,
      baseline: group.baseline,
      verdict,
      reason: comparison.note === null ? words : `${words}; ${comparison.note}`,
      heading: comparison.heading,
      ...(withoutFlagged && { withoutFlagged }),
      margin,
      launches,
      looks: [...(looks.get(comparison.caseKey) ?? [])],
      path: [...intervalPath(comparison, share)],
      minutesToDecide,
    })
  }
  return speedups
}

function minutesLeft(
  comparison: FairComparison,
  judged: JudgedComparison,
  { minutesPerLaunch }: SequentialGroup,
): number | null {
  if (judged.verdict !== 'undecided' || minutesPerLaunch === null) return null
  const further = furtherLaunches(comparison, judged)
  return further === null ? null : further * minutesPerLaunch
}

function undisturbedEstimate({ undisturbed }: FairComparison, share: number): Speedup['withoutFlagged'] {
  if (undisturbed === null) return undefined
  const { roundsLeftOut } = undisturbed
  if (undisturbed.launches.length === 0) return { value: null, interval: null, roundsLeftOut }
  return { ...estimateLaunches(undisturbed, share), roundsLeftOut }
}

/** Mean time from the start of one launch to that of the next; null if it cannot be told. */
export function minutesPerLaunch(launches: readonly LaunchRecord[]): number | null {
  const endsMs = launches.map(({ endedAtMs }) => endedAtMs)
  const durationsMs = launches.flatMap(({ startedAtMs, endedAtMs }, index) => {
    const beganMs = startedAtMs ?? endsMs[index - 1]
    return beganMs === undefined ? [] : [endedAtMs - beganMs]
  })
  return durationsMs.length === 0 ? null : mean(durationsMs) / 60_000
}

// The reason for a verdict, in words for the user.

/** @param noiseFloor of that many launches; null if unknown. */
export function decisionReason(
  judged: JudgedComparison,
  minutesToDecide: number | null,
  noiseFloor: number | null,
): string {
  const { interval, verdict, margin, launches } = judged
  const range = `the interval ${interval.low.toFixed(3)} – ${interval.high.toFixed(3)}`
  const zone = `±${percentText(margin)}`
  const poor = poorFloorSentence(noiseFloor)
  const limit = poor === null ? '' : `; ${poor}`
  if (verdict === 'same') return `${range} lies within ${zone}: the same within ${percentText(margin)}${limit}`
  if (verdict !== 'undecided') return `${range} excludes 1, and the ratio is outside ${zone}${limit}`
  const open = openWords(judged)
  return `undecided after ${launchesText(launches)}: ${range} ${open}${moreText(minutesToDecide, launches)}${limit}`
}

/** Why an interval decides nothing. */
function openWords({
  value,
  interval,
  margin,
  launches,
  mayDiffer,
}: Pick<JudgedComparison, 'value' | 'interval' | 'margin' | 'launches' | 'mayDiffer'>): string {
  const zone = `±${percentText(margin)}`
  const clearer = 'but a clearer comparison of the same group did not'
  if (isWithin(interval, margin)) {
    const isEarly = launches < (sequentialDesign.looks[0] ?? 0)
    const why = isEarly
      ? `but ${launchesText(launches)} ${launches === 1 ? 'is' : 'are'} too few to call it the same`
      : clearer
    return `lies within ${zone}, ${why}`
  }
  if (!excludesEquality(interval)) return `includes 1 and reaches beyond ${zone}`
  if (!mayDiffer) return `excludes 1, ${clearer}`
  const factor = leastFactor(launches)
  const isClose = Math.abs(Math.log(value)) < Math.log(factor)
  if (!isClose) return `excludes 1, but lies partly within and partly beyond ${zone}`
  const bounds = `above ${factor.toFixed(2)} or below ${(1 / factor).toFixed(2)}`
  return `excludes 1, but a process can be slower by itself: ${launchesText(launches)} can only tell a ratio ${bounds}`
}

function moreText(minutesToDecide: number | null, launches: number): string {
  if (minutesToDecide !== null) return `; about ${minutesText(minutesToDecide)} would decide`
  const last = sequentialDesign.looks.at(-1) ?? 0
  return launches >= last ? `; ${launchesText(last)} are the most that Enginebench makes` : ''
}

function minutesText(minutes: number): string {
  const whole = Math.max(1, Math.ceil(minutes))
  return whole === 1 ? '1 more minute' : `${whole} more minutes`
}

function launchesText(launches: number): string {
  return launches === 1 ? '1 launch' : `${launches} launches`
}

/** `2 %`, `2.5 %`. */
export function percentText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}
