// What must be known before any figure of a run is read.
import type { RunRecord } from '../domain/run.ts'

export function runBanners({ simulated, state, error, groups }: RunRecord): readonly string[] {
  const cases = groups.flatMap((group) => group.cases)
  return [
    ...(simulated ? ['Simulated: latencies of simulated cases come from a generator, nothing was computed.'] : []),
    ...(cases.some(({ weights }) => weights === 'seeded')
      ? ['Seeded weights: timing valid, predictions not. Parity is not judged, speedups are timing only.']
      : []),
    ...(state === 'completed'
      ? []
      : [`The run is ${state}${error === null ? '' : `: ${error.message}`}. What had finished is kept.`]),
  ]
}
