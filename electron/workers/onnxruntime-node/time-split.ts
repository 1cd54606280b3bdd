// Where the time of a query goes. On a processor there is one part alone, computing; every other says why it is not told.
import type { PartTime } from '../../../shared/domain/time-split.ts'
import { median } from '../../../shared/statistics/median.ts'
import type { Query } from './measure-loop.ts'

export interface SplitTimes {
  readonly method: string
  readonly parts: PartTime[]
}

const noCopy = 'the case runs on the CPU: nothing is copied to or from a device'

/** Null when it was cancelled between two queries. The first query is not counted. */
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
      notTold('preprocess', 'images are prepared before anything is timed', false),
      notTold('host-to-device', noCopy, true),
      { part: 'compute', clock: 'host', medianMs: median(latenciesMs), reason: null, included: true },
      notTold('device-to-host', noCopy, true),
      notTold('postprocess', 'this worker compares outputs as they are, and decodes none', false),
    ],
  }
}

function notTold(part: PartTime['part'], reason: string, included: boolean): PartTime {
  return { part, clock: 'host', medianMs: null, reason, included }
}
