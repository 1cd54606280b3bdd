// A noise floor in words, and about how long one takes to measure.
import { fewestComparisons, type NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import type { PresetName } from '../../../shared/domain/plan.ts'
import { measuringRules } from '../../../shared/planning/protocol.ts'
import { percentText } from '../../../shared/report/figure-text.ts'
import { poorFloorSentence } from '../../../shared/statistics/applied-noise-floor.ts'
import { moment } from '../../format/time.ts'

/** Of one fresh worker, before it is warm. */
const startMs = 1_500

/** `1.4 % (1.1 – 1.9), 21 Nov 9:15`. */
export function floorText({ value, interval, measuredAt }: NoiseFloor): string {
  const share = (each: number) => (each * 100).toFixed(1)
  return `${percentText(value)} (${share(interval.low)} – ${share(interval.high)}), ${moment(measuredAt)}`
}

export function floorSentence({ value, subject, comparisons, intervalsExcludingOne }: NoiseFloor): string {
  const poor = poorFloorSentence(value)
  const told = `${comparisons} comparisons of ${subject}; ${intervalsExcludingOne} of ${comparisons} intervals excluded 1`
  return poor ? `${told}; ${poor}` : told
}

/** From the preset's own rounds and warm-up, two cases a comparison: `about 8 min`. */
export function aboutDuration(preset: PresetName): string {
  const { launches, rounds, block, warmup } = measuringRules(preset, 'cpu')
  const comparisonMs = launches * 2 * (startMs / 2 + warmup.minimumMs + rounds * block.targetMs)
  return `about ${Math.round((fewestComparisons * comparisonMs) / 60_000)} min`
}
