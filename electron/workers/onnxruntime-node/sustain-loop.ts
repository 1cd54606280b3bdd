// Queries back to back, the whole timed and none alone: for the offline scenario and for energy. Null when it was
// cancelled between two queries.
import type { Query } from './measure-loop.ts'

export interface SustainRule {
  readonly durationMs: number
  readonly minimumQueries: number
}

export interface Sustained {
  readonly startedAtNs: number
  readonly endedAtNs: number
  readonly queries: number
}

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
