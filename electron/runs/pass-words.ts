// The options of the command line that ask for a plan's passes and width rule again; empty where it has none.
import type { Plan } from '../../shared/domain/plan.ts'

export function passWords({ passes = {}, widthRule }: Pick<Plan, 'passes' | 'widthRule'>): readonly string[] {
  const { coldStart, energy, timeSplit, layers, offline, server, limits } = passes
  return [
    ...(coldStart ? [`--cold-start ${coldStart.launches}`] : []),
    ...(energy ? [`--energy ${energy.blockMs / 1000}`] : []),
    ...(timeSplit ? [`--split ${timeSplit.queries}`] : []),
    ...(layers ? [`--layers ${layers.queries}`] : []),
    ...(offline ? [`--offline ${offline.images}`] : []),
    ...(server ? [`--server-bound ${server.latencyBoundMs}`] : []),
    ...(server && server.ratePerSecond !== null ? [`--server-rate ${server.ratePerSecond}`] : []),
    ...(server ? [`--server-percentile ${server.percentile}`, `--server-duration ${server.durationMs / 1000}`] : []),
    ...(limits ? ['--limits'] : []),
    ...(widthRule ? [`--half-width ${rounded(100 * widthRule.halfWidth)}`] : []),
    ...(widthRule ? [`--budget ${rounded(widthRule.budgetMs / 60_000)}`] : []),
  ]
}

/** 0.07 × 100 is 7, not 7.000000000000001. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
