// Everything that times queries. In the timed loop only the query is between the two clock reads, and memory for the
// samples is allocated before. Garbage collection cannot be ruled out in Node: it shows as an outlier, which is kept.
// Every loop returns null when it was cancelled between two queries. Nothing here warms up, judges or summarizes.

import type { PartTime } from '../../../shared/passes/time-split.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import type { RequestParameters, RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { mostSamplesInBlock, untimedReasons } from '../../../shared/worker-protocol/worker-facts.ts'

export type BlockRule = RequestParameters<'measure-block'>

/** Runs one query, over the next inputs in order. */
export type Query = () => Promise<unknown>

const latencies = new Float64Array(mostSamplesInBlock)

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
  while (count < mostSamplesInBlock) {
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

const checkMs = 2
const busyShare = 0.1
const longestWaitMs = 250

/**
 * Returns once the threads of this process use less than a tenth of a core, or after 250 ms. Python's worker has the
 * same rule.
 * @param sleep blocks this thread for at most the given ms
 * @param read processor time of the whole process so far, and the clock
 */
export function waitUntilQuiet(
  sleep: (ms: number) => void,
  read: () => { usedMs: number; nowMs: number } = readUse,
): boolean {
  let before = read()
  const deadlineMs = before.nowMs + longestWaitMs
  for (;;) {
    sleep(checkMs)
    const { usedMs, nowMs } = read()
    if (usedMs - before.usedMs < busyShare * (nowMs - before.nowMs)) return true
    if (nowMs > deadlineMs) {
      console.error(`threads were still busy ${longestWaitMs} ms after a block`)
      return false
    }
    before = { usedMs, nowMs }
  }
}

function readUse(): { usedMs: number; nowMs: number } {
  const { user, system } = process.cpuUsage()
  return { usedMs: (user + system) / 1000, nowMs: performance.now() }
}

export interface SustainRule {
  readonly durationMs: number
  readonly minimumQueries: number
}

export interface Sustained {
  readonly startedAtNs: number
  readonly endedAtNs: number
  readonly queries: number
}

/** Queries back to back, timed as a whole: for the offline scenario and for energy. */
export async function sustain(
  query: Query,
  { durationMs, minimumQueries }: SustainRule,
  isCancelled: () => boolean,
): Promise<Sustained | null> {
  const now = process.hrtime.bigint
  const durationNs = BigInt(Math.round(durationMs * 1e6))
  let queries = 0
  const started = now()
  let ended = started
  while (queries < minimumQueries || ended - started < durationNs) {
    await query()
    ended = now()
    queries += 1
    if (isCancelled()) return null
  }
  return { startedAtNs: Number(started), endedAtNs: Number(ended), queries }
}

export interface Served {
  readonly startedAtNs: number
  readonly endedAtNs: number
  /** In the order of arrival. */
  readonly latenciesMs: number[]
}

const watchedNs = 200_000n

/**
 * Answers queries that arrive at given times, in order; one that arrives while another is being answered waits, and its
 * latency counts from its arrival. Sleeps until the last fraction of a millisecond, because sleep wakes up late.
 * @param sleep blocks this thread for at most the given ms
 */
export async function serve(
  query: Query,
  arrivalsMs: readonly number[],
  sleep: (ms: number) => void,
  isCancelled: () => boolean,
): Promise<Served | null> {
  const now = process.hrtime.bigint
  const latenciesMs: number[] = []
  const started = now()
  let ended = started
  for (const arrivalMs of arrivalsMs) {
    const arrival = started + BigInt(Math.round(arrivalMs * 1e6))
    for (let left = arrival - now(); left > 0n && !isCancelled(); left = arrival - now()) {
      if (left > watchedNs) sleep(Number(left - watchedNs) / 1e6)
    }
    if (isCancelled()) return null
    await query()
    ended = now()
    latenciesMs.push(Number(ended - arrival) / 1e6)
  }
  return { startedAtNs: Number(started), endedAtNs: Number(ended), latenciesMs }
}

export interface SplitTimes {
  readonly method: string
  readonly parts: PartTime[]
}

/**
 * Where the time of a query goes. On a CPU the only measured part is computing; every other part gives the reason why
 * it is not. The first query is not counted.
 */
export async function splitTime(query: Query, queries: number, isCancelled: () => boolean): Promise<SplitTimes | null> {
  const latenciesMs: number[] = []
  for (let index = 0; index <= queries; index += 1) {
    const before = process.hrtime.bigint()
    await query()
    if (index > 0) latenciesMs.push(Number(process.hrtime.bigint() - before) / 1e6)
    if (isCancelled()) return null
  }
  return {
    method: 'host clock',
    parts: [
      notTold('preprocess', untimedReasons.preprocess, false),
      notTold('host-to-device', untimedReasons.copies, true),
      { part: 'compute', clock: 'host', medianMs: median(latenciesMs), reason: null, included: true },
      notTold('device-to-host', untimedReasons.copies, true),
      notTold('postprocess', 'this worker compares outputs as they are, and decodes none', false),
    ],
  }
}

function notTold(part: PartTime['part'], reason: string, included: boolean): PartTime {
  return { part, clock: 'host', medianMs: null, reason, included }
}
