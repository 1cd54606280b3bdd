// How long queries arrive in one trial of the server scenario: as long as was asked, and longer where that would bring
// too few for the percentile. Chance may bring fewer than the mean, so a few more are awaited. Pure.
import type { ServingRequest } from '../domain/serving.ts'
import { fewestQueries } from './fewest-queries.ts'

const longestMs = 600_000

export function trialDurationMs(
  { durationMs, percentile }: Pick<ServingRequest, 'durationMs' | 'percentile'>,
  ratePerSecond: number,
): number {
  const needed = fewestQueries(percentile)
  const enough = needed + 3 * Math.sqrt(needed)
  return Math.min(longestMs, Math.max(durationMs, (1000 * enough) / ratePerSecond))
}
