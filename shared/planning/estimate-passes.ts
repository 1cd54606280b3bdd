// How long the passes of one case will take, from its known latency. Milliseconds. Where a pass ends by what it finds (a
// search of rates), what it takes at most on a machine as fast as the latency says.
import type { Passes } from '../domain/passes.ts'
import { energyRest, layerQueriesForLimits, splitQueriesForLimits } from './protocol.ts'
import { searchTrials } from './rate-search.ts'
import { trialDurationMs } from './serving-duration.ts'

export interface PassedCase {
  /** Of one query. */
  readonly latencyMs: number
  readonly batchSize: number
  /** Starting a worker and loading. */
  readonly loadMs: number
  readonly warmupMs: number
  readonly onGpu: boolean
}

/** A worker that counts a graph or measures the device's peak. */
const limitsMs = 10_000

export function estimatePassesMs(
  passes: Passes,
  { latencyMs, batchSize, loadMs, warmupMs, onGpu }: PassedCase,
): number {
  const { coldStart, energy, timeSplit, layers, offline, server, limits } = passes
  const warmedMs = loadMs + warmupMs
  const splitQueries = timeSplit?.queries ?? (limits === true ? splitQueriesForLimits : 0)
  const layerQueries = layers?.queries ?? (limits === true ? layerQueriesForLimits : 0)
  const parts = [
    coldStart === undefined ? 0 : coldStart.launches * (loadMs + 2 * latencyMs),
    energy === undefined || !onGpu ? 0 : warmedMs + energyRest.settleMs + energyRest.idleMs + energy.blockMs,
    // Host parts, device parts, and what follows the model.
    splitQueries === 0 ? 0 : warmedMs + 3 * splitQueries * latencyMs,
    layerQueries === 0 ? 0 : 2 * loadMs + (10 + 2 * layerQueries) * latencyMs,
    offline === undefined ? 0 : warmedMs + Math.ceil(offline.images / batchSize) * latencyMs,
    server === undefined ? 0 : warmedMs + servingMs(server, latencyMs),
    limits === true ? limitsMs : 0,
  ]
  return parts.reduce((sum, part) => sum + part, 0)
}

/** Searched rates lie around the capacity. */
function servingMs(server: NonNullable<Passes['server']>, latencyMs: number): number {
  if (server.ratePerSecond !== null) return trialDurationMs(server, server.ratePerSecond)
  return searchTrials * trialDurationMs(server, 1000 / latencyMs / 2)
}
