// The server scenario: queries arrive at random at a rate and wait while another is answered. Uses the requested rate,
// or finds the highest that keeps the latency bound. Arrivals are generated here, from a seed in the record; the worker
// only serves.
import { type Figure, isMeasured, measured, missing } from '../../../shared/domain/figure.ts'
import { boundText, type ServingRequest, type ServingTrial } from '../../../shared/passes/server.ts'
import {
  arrivalTimes,
  fewestQueries,
  highestKept,
  nextRate,
  type RateSearch,
  trialDurationMs,
} from '../../../shared/passes/server-trials.ts'
import { combinedSeed } from '../../../shared/planning/seeded-random.ts'
import { tooFewSamples } from '../../../shared/statistics/case-summary.ts'
import { percentileOfSorted } from '../../../shared/statistics/descriptive.ts'
import { percentileInterval } from '../../../shared/statistics/order-statistic.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'
import { type CasePass, type PassContext, withWarmedCase } from './case-pass.ts'

export const serverPass: CasePass<'server'> = {
  async measure(context, runCase, request) {
    const medianMs = context.medianMsOf(runCase.caseKey)
    if (medianMs === null) return { notMeasured: 'The rounds gave no median latency.' }
    return withWarmedCase(context, runCase, async (worker) => {
      const trials: ServingTrial[] = []
      const next = () => rateToTry(request, medianMs, trials)
      for (let rate = next(); rate !== null; rate = next()) {
        const message = `Server, trial ${trials.length + 1}: ${rateText(rate)}, at random`
        context.observer.stageReached('serve', runCase.caseKey, message)
        trials.push(await serve(context, worker, request, rate, trials.length))
      }
      const highest = highestKept(trials)
      const highestRatePerSecond = highest === null ? missing(noneKept(trials, request)) : measured(highest)
      return { server: { request, seed: context.seed, trials, highestRatePerSecond } }
    })
  },
}

function rateToTry(request: ServingRequest, medianMs: number, trials: readonly ServingTrial[]): number | null {
  if (request.ratePerSecond !== null) return trials.length === 0 ? request.ratePerSecond : null
  const search: RateSearch = {
    capacityPerSecond: 1000 / medianMs,
    canKeepBound: medianMs <= request.latencyBoundMs,
  }
  return nextRate(search, trials)
}

async function serve(
  context: PassContext,
  worker: BackendWorker,
  request: ServingRequest,
  ratePerSecond: number,
  trial: number,
): Promise<ServingTrial> {
  const durationMs = trialDurationMs(request, ratePerSecond)
  const arrivalsMs = arrivalTimes(ratePerSecond, durationMs, combinedSeed([context.seed, trial]))
  const { startedAtNs, endedAtNs, latenciesMs } = await worker.request(
    'serve',
    { arrivalsMs: [...arrivalsMs] },
    context.signal,
  )
  const latencyMs = latencyAt(request.percentile, Float64Array.from(latenciesMs).sort())
  return {
    ratePerSecond,
    queries: latenciesMs.length,
    latencyMs,
    completedPerSecond: latenciesMs.length / ((endedAtNs - startedAtNs) / 1e9),
    keepsBound: isMeasured(latencyMs) && latencyMs.value <= request.latencyBoundMs,
  }
}

function latencyAt(percentile: number, sorted: Float64Array): Figure {
  const needed = fewestQueries(percentile)
  if (sorted.length < needed) return tooFewSamples(sorted.length, needed)
  const share = percentile / 100
  return measured(percentileOfSorted(sorted, share), percentileInterval(sorted, share, 0.95))
}

function noneKept(trials: readonly ServingTrial[], request: ServingRequest): string {
  const lowest = Math.min(...trials.map(({ ratePerSecond }) => ratePerSecond))
  const reasons = trials.flatMap(({ latencyMs }) => (isMeasured(latencyMs) ? [] : [latencyMs.reason]))
  if (reasons.length === trials.length) return `Too few queries arrived: ${reasons.join(', ')}.`
  return `No rate that was tried kept ${boundText(request)}; the lowest was ${rateText(lowest)}.`
}

function rateText(perSecond: number): string {
  return `${perSecond >= 100 ? Math.round(perSecond) : perSecond.toPrecision(3)} queries/s`
}
