// The timed loop: nothing between the two clock reads but the query, and room for the samples is there before.
// A garbage collection in between cannot be ruled out in Node; it shows as an outlier and is kept.
// Does not warm up, judge or summarise.
import type { RequestParameters, RequestResult } from '../../../shared/worker-protocol/requests.ts'

export type BlockRule = RequestParameters<'measure-block'>

/** Runs one query, over the next inputs in turn. */
export type Query = () => Promise<unknown>

export const maximumSamplesInBlock = 100_000
const latencies = new Float64Array(maximumSamplesInBlock)

/** @returns null when it was cancelled between two queries. */
export async function measureBlock(
  query: Query,
  rule: BlockRule,
  isCancelled: () => boolean,
): Promise<RequestResult<'measure-block'> | null> {
  const now = process.hrtime.bigint
  const targetNs = BigInt(Math.round(rule.targetMs * 1e6))
  const capNs = BigInt(Math.round(rule.capMs * 1e6))
  let count = 0
  const started = now()
  let ended = started
  while (count < maximumSamplesInBlock) {
    const before = now()
    await query()
    ended = now()
    latencies[count++] = Number(ended - before) / 1e6
    const spent = ended - started
    if (spent >= targetNs && count >= rule.minimumSamples) break
    if (spent >= capNs && count >= rule.floorSamples) break
    if (isCancelled()) return null
  }
  return {
    startedAtNs: Number(started),
    endedAtNs: Number(ended),
    latenciesMs: Array.from(latencies.subarray(0, count)),
  }
}
