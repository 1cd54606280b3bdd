// Whether what a plan asks for beside its rounds can be had, before anything is started.
import type { BenchErrorRecord } from '../domain/bench-error.ts'
import { type Plan, presets } from '../domain/plan.ts'
import type { ServingRequest } from '../domain/serving.ts'
import { mostArrivals } from './arrivals.ts'
import { fewestQueries } from './fewest-queries.ts'
import { planRefusal } from './plan-refusal.ts'
import { longestBoundMs, trialDurationMs } from './serving-duration.ts'

type PlannedPasses = Pick<Plan, 'passes' | 'device' | 'candidates' | 'widthRule' | 'preset'>

export function passRefusals({ passes }: PlannedPasses): readonly BenchErrorRecord[] {
  const server = passes?.server
  if (server === undefined) return []
  if (server.latencyBoundMs > longestBoundMs) return [tooLongBound(server.latencyBoundMs)]
  if (server.ratePerSecond === null) return []
  return [tooManyArrivals(server, server.ratePerSecond) ?? tooFewArrivals(server, server.ratePerSecond) ?? []].flat()
}

export function passWarnings({ passes, device, candidates, widthRule, preset }: PlannedPasses): readonly string[] {
  const warnings: string[] = []
  if (passes?.energy !== undefined && device === 'cpu') {
    warnings.push('Energy will not be measured: on a CPU there is no counter of it that can be read.')
  }
  if (widthRule !== undefined && candidates.length === 1 && !presets[preset].withIdenticalPair) {
    warnings.push('With one candidate there is no interval to narrow: no rounds will be added.')
  }
  return warnings
}

function tooLongBound(latencyBoundMs: number): BenchErrorRecord {
  return planRefusal(
    'bad-usage',
    `A queue that only grows would keep a bound of ${latencyBoundMs} ms for longer than a trial lasts.`,
    `Ask for a bound of at most ${longestBoundMs} ms.`,
  )
}

function tooManyArrivals(request: ServingRequest, ratePerSecond: number): BenchErrorRecord | null {
  const seconds = trialDurationMs(request, ratePerSecond) / 1000
  if (ratePerSecond * seconds <= mostArrivals) return null
  return planRefusal(
    'bad-usage',
    `${ratePerSecond} queries/s over ${seconds} s are more than the ${mostArrivals} queries that one trial can hold.`,
    `Ask for at most ${Math.floor(mostArrivals / seconds)} queries/s, or for a shorter trial.`,
  )
}

function tooFewArrivals(request: ServingRequest, ratePerSecond: number): BenchErrorRecord | null {
  const needed = fewestQueries(request.percentile)
  const longestS = trialDurationMs(request, ratePerSecond) / 1000
  if (ratePerSecond * longestS >= needed) return null
  return planRefusal(
    'bad-usage',
    `p${request.percentile} needs ${needed} queries, and at ${ratePerSecond} queries/s ten minutes bring fewer.`,
    `Ask for at least ${Math.ceil((10 * needed) / longestS) / 10} queries/s, or for a lower percentile.`,
  )
}
