// The options of `run` that ask for more than the preset's rounds: passes beside them, and a rule that adds to them.
// Each pass has a size that is taken where its option is given without one.
import type { Passes } from '../../shared/domain/passes.ts'
import { fewestColdStarts } from '../../shared/domain/passes.ts'
import type { Plan, WidthRule } from '../../shared/domain/plan.ts'
import type { ServingRequest } from '../../shared/domain/serving.ts'
import type { CommandOption } from './command.ts'
import { integerOption, numberOption, type Options, switchOption } from './option-value.ts'
import { usageError } from './usage-error.ts'

const usual = {
  coldStarts: fewestColdStarts,
  energyS: 30,
  splitQueries: 100,
  layerQueries: 20,
  offlineImages: 1000,
  serverPercentile: 99,
  serverS: 10,
  halfWidthPercent: 2,
  budgetMinutes: 10,
} as const

export const passOptions: readonly CommandOption[] = [
  {
    flags: '--cold-start [count]',
    description: `Time so many fresh processes to their first answer; ${usual.coldStarts}`,
  },
  { flags: '--energy [seconds]', description: `Energy of an image over one block, on a GPU; ${usual.energyS}` },
  { flags: '--split [queries]', description: `Where the time of a query goes; ${usual.splitQueries}` },
  { flags: '--layers [queries]', description: `Time by layer, where the backend tells; ${usual.layerQueries}` },
  { flags: '--offline [images]', description: `All images at once, as fast as they go; ${usual.offlineImages}` },
  { flags: '--server-bound <ms>', description: 'Queries at random times: the highest rate that keeps this latency' },
  { flags: '--server-rate <per-second>', description: 'At this rate instead of the highest' },
  { flags: '--server-percentile <percent>', description: `Of the queries that keep it; ${usual.serverPercentile}` },
  { flags: '--server-duration <seconds>', description: `Of each trial, at least; ${usual.serverS}` },
  { flags: '--limits', description: 'How near each case comes to what the device can do (needs Python)' },
  { flags: '--all-passes', description: 'All of these but the server, which needs its bound' },
  {
    flags: '--half-width <percent>',
    description: `Add rounds until intervals are this narrow; ${usual.halfWidthPercent}`,
  },
  { flags: '--budget <minutes>', description: `Of the rounds added by --half-width, at most; ${usual.budgetMinutes}` },
]

/** Empty where nothing is asked for. */
export function passesFromOptions(options: Options, device: Plan['device']): Pick<Plan, 'passes' | 'widthRule'> {
  const passes = askedPasses(options, device)
  const widthRule = askedWidthRule(options)
  return {
    ...(Object.keys(passes).length === 0 ? {} : { passes }),
    ...(widthRule === null ? {} : { widthRule }),
  }
}

function askedPasses(options: Options, device: Plan['device']): Passes {
  const all = switchOption(options, 'allPasses')
  const size = (name: string, usualSize: number, minimum: number, maximum: number, isAll = all) =>
    options[name] === true || (isAll && options[name] === undefined)
      ? usualSize
      : integerOption(options, name, minimum, maximum)
  const launches = size('coldStart', usual.coldStarts, fewestColdStarts, 50)
  const energyS = size('energy', usual.energyS, 10, 300, all && device === 'cuda')
  const splitQueries = size('split', usual.splitQueries, 1, 10_000)
  const layerQueries = size('layers', usual.layerQueries, 1, 1000)
  const images = size('offline', usual.offlineImages, 1, 10_000_000)
  const server = askedServer(options)
  return {
    ...(launches === null ? {} : { coldStart: { launches } }),
    ...(energyS === null ? {} : { energy: { blockMs: energyS * 1000 } }),
    ...(splitQueries === null ? {} : { timeSplit: { queries: splitQueries } }),
    ...(layerQueries === null ? {} : { layers: { queries: layerQueries } }),
    ...(images === null ? {} : { offline: { images } }),
    ...(server === null ? {} : { server }),
    ...(all || switchOption(options, 'limits') ? { limits: true } : {}),
  }
}

function askedServer(options: Options): ServingRequest | null {
  const latencyBoundMs = numberOption(options, 'serverBound', 0.001, 3_600_000)
  const ratePerSecond = numberOption(options, 'serverRate', 0.001, 1_000_000)
  const percentile = numberOption(options, 'serverPercentile', 50, 99.9)
  const seconds = numberOption(options, 'serverDuration', 1, 600)
  if (latencyBoundMs === null) {
    if (ratePerSecond === null && percentile === null && seconds === null) return null
    throw usageError('A server is asked for without its latency bound.', 'Give it, as --server-bound 20 for 20 ms.')
  }
  return {
    latencyBoundMs,
    percentile: percentile ?? usual.serverPercentile,
    ratePerSecond,
    durationMs: (seconds ?? usual.serverS) * 1000,
  }
}

function askedWidthRule(options: Options): WidthRule | null {
  const percent = numberOption(options, 'halfWidth', 0.1, 50)
  const minutes = numberOption(options, 'budget', 0.01, 1440)
  if (percent === null && minutes === null) return null
  return {
    halfWidth: (percent ?? usual.halfWidthPercent) / 100,
    budgetMs: (minutes ?? usual.budgetMinutes) * 60_000,
  }
}
