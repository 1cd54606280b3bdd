// How long queries arrive in one trial of the server scenario: as long as was asked, and longer where that would bring
// too few for the percentile (chance may bring fewer than the mean, so a few more are awaited), or where the trial would
// not be long beside its bound: at a rate above what a case can answer the queue grows for as long as queries come, and a
// short trial would end before its latency is over the bound. Pure.
import type { ServingRequest } from '../domain/serving.ts'
import { fewestQueries } from './fewest-queries.ts'

const longestMs = 600_000
/** So many bounds long, a trial that keeps its bound was asked at most about a twentieth more than it could answer. */
const fewestBounds = 20
/** For longer ones no trial is long enough. */
export const longestBoundMs = longestMs / fewestBounds

export function trialDurationMs(
  { latencyBoundMs, durationMs, percentile }: Pick<ServingRequest, 'latencyBoundMs' | 'durationMs' | 'percentile'>,
  ratePerSecond: number,
): number {
  const needed = fewestQueries(percentile)
  const enough = needed + 3 * Math.sqrt(needed)
  return Math.min(longestMs, Math.max(durationMs, fewestBounds * latencyBoundMs, (1000 * enough) / ratePerSecond))
}
