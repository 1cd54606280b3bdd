// Whether a block of samples can be believed at all. Judges order and arithmetic, never how fast or steady it is.
import { type RequestResult, requests } from '../../shared/worker-protocol/requests.ts'
import type { WorkerMessage } from '../../shared/worker-protocol/wire.ts'
import type { PendingRequest } from './pending-request.ts'

/** Clock reads around the loop may round; the sum of the samples may pass the block's span by this much. */
const toleranceNs = 10_000

/**
 * @param previousEndNs end of the worker's block before; null for its first.
 * @returns what is wrong, in words; null when nothing is.
 */
export function blockProblem(
  block: RequestResult<'measure-block'>,
  floorSamples: number,
  previousEndNs: number | null,
): string | null {
  const { startedAtNs, endedAtNs, latenciesMs } = block
  if (endedAtNs <= startedAtNs) return 'the block ends before it starts'
  if (previousEndNs !== null && startedAtNs < previousEndNs) return 'the block starts before the one before it ended'
  if (latenciesMs.length < floorSamples) return `${latenciesMs.length} samples came where ${floorSamples} are the least`
  const sumNs = latenciesMs.reduce((sum, latencyMs) => sum + latencyMs * 1e6, 0)
  if (sumNs > endedAtNs - startedAtNs + toleranceNs) return 'its samples add up to more time than the block took'
  return null
}

/** Checks every block of one worker; other messages pass. Samples that cannot be right are the end of the worker. */
export function createSampleCheck() {
  let previousEndNs: number | null = null
  return ({ id, isSettled, parameters }: PendingRequest, message: WorkerMessage): string | null => {
    if (message.message !== 'block' || message.id !== id || isSettled) return null
    const rule = requests['measure-block'].parameters.safeParse(parameters)
    if (!rule.success) return null
    const floor = Math.min(rule.data.floorSamples, rule.data.minimumSamples)
    const problem = blockProblem(message, floor, previousEndNs)
    previousEndNs = message.endedAtNs
    return problem
  }
}
