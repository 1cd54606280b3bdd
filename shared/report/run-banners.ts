// What must be known before any figure of a run is read.
import type { RunRecord } from '../domain/run.ts'
import { floorValue, poorFloorSentence } from '../statistics/applied-noise-floor.ts'

export function runBanners(record: RunRecord): readonly string[] {
  const { simulated, state, error, groups, sampling, noiseFloor } = record
  const unresolved = poorFloorSentence(floorValue(noiseFloor))
  const cases = groups.flatMap((group) => group.cases)
  return [
    ...(simulated ? ['Simulated: latencies of simulated cases come from a generator, nothing was computed.'] : []),
    ...(cases.some(({ weights }) => weights === 'seeded')
      ? ['Seeded weights: timing valid, predictions not. Parity is not judged, speedups are timing only.']
      : []),
    ...(unresolved === null ? [] : [`${unresolved.charAt(0).toUpperCase()}${unresolved.slice(1)}.`]),
    ...(sampling?.preflight.verdict === 'noisy'
      ? [`The machine was noisy before the run: ${sampling.preflight.reason}`]
      : []),
    ...(state === 'completed'
      ? []
      : [`The run is ${state}${error === null ? '' : `: ${error.message}`}. What had finished is kept.`]),
  ]
}
