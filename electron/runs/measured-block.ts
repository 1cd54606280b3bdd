// A worker's block as it is kept: on the run's own time, its lead samples counted, its flags set by a fixed rule.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { leadSampleCount } from '../../shared/planning/protocol.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'

/** A block that lasts this much longer than its samples stood still in between: the machine slept. */
const suspendedNs = 2e9

export interface BlockPlace {
  readonly launch: number
  readonly round: number
  readonly block: number
  readonly orderInRound: number
}

export function measuredBlock(
  message: RequestResult<'measure-block'>,
  place: BlockPlace,
  runStartedAtNs: number,
): SampleBlock {
  const startedAtNs = message.startedAtNs - runStartedAtNs
  const endedAtNs = message.endedAtNs - runStartedAtNs
  if (startedAtNs < 0 || endedAtNs < startedAtNs) {
    throw new BenchError({
      code: 'invalid-samples',
      stage: 'measure',
      message: 'The worker reported times that cannot be: its clock is not the clock of this run.',
      remedy: 'Run again; if it stays, report the backend and its version.',
      cause: `block from ${message.startedAtNs} to ${message.endedAtNs}, run from ${runStartedAtNs}`,
    })
  }
  const sampledNs = message.latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, 0) * 1e6
  return {
    ...place,
    startedAtNs,
    endedAtNs,
    leadSamples: leadSampleCount(message.latenciesMs.length),
    flags: endedAtNs - startedAtNs - sampledNs > suspendedNs ? ['suspended'] : [],
    latenciesMs: message.latenciesMs,
  }
}
