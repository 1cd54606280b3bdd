// Whether a block of samples can be believed at all. Judges order and arithmetic, never how fast or steady it is.
import type { WorkerMessageOf } from '../../shared/worker-protocol/message.ts'

/** Clock reads around the loop may round; the sum of the samples may pass the block's span by this much. */
const toleranceNs = 10_000

/**
 * @param previousEndNs end of the worker's block before; null for its first.
 * @returns what is wrong, in words; null when nothing is.
 */
export function blockProblem(
  block: WorkerMessageOf<'block'>,
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
