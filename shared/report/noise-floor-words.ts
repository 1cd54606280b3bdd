// What a run could tell apart, and how that is known. A floor is what two copies of the same code differ by here.
import type { AppliedNoiseFloor } from '../domain/noise-floor.ts'
import { floorValue } from '../statistics/applied-noise-floor.ts'
import { deadZone } from '../statistics/verdict.ts'
import { percentText, rangeText } from './figure-text.ts'

/** `from 2.4 %: identical code differed by up to 2.4 % (1.7 – 3.4 %) in 95 % of 40 comparisons (…)`. */
export function noiseFloorWords(floor: AppliedNoiseFloor | undefined): string {
  const zone = `from ${percentText(deadZone(floorValue(floor)))}`
  if (floor === undefined) return zone
  if ('notMeasured' in floor) return `${zone}. ${sentence(floor.notMeasured)}`
  const { value, interval, comparisons, subject, measuredAt, preset } = floor
  const range = rangeText(interval, (share) => (share * 100).toFixed(1))
  return `${zone}: identical code differed by up to ${percentText(value)} (${range} %) in 95 % of ${comparisons} comparisons (${preset}; ${subject}; ${measuredAt.slice(0, 10)})`
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
