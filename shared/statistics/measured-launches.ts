// The launches in which a baseline and a candidate were both measured: the log ratios of their rounds, and whose worker
// was started first. Protocol 2 knows the order of starting and does not use it; protocol 3 does.
import type { LaunchRecord } from '../domain/run.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import type { Start } from './launch-mean.ts'
import { logRatiosByLaunch } from './speedup.ts'

/** ln(baseline block / candidate block) of each round, by launch, in order. */
export type LaunchRatios = readonly (readonly number[])[]

export interface MeasuredLaunches {
  readonly launches: LaunchRatios
  /** By launch; absent where the order of starting is not used. */
  readonly starts?: readonly Start[]
}

interface MeasuredCase {
  readonly caseKey: string
  readonly blocks: readonly SampleBlock[]
}

/** @param records every launch of the group, in order; null if the protocol does not use the order of starting. */
export function measuredLaunches(
  baseline: MeasuredCase,
  candidate: MeasuredCase,
  records: readonly Pick<LaunchRecord, 'order'>[] | null,
): MeasuredLaunches {
  const byLaunch = logRatiosByLaunch(baseline.blocks, candidate.blocks)
  const startOf = (launch: number): Start => {
    const first = records?.[launch]?.order[0]
    if (first === candidate.caseKey) return 1
    return first === baseline.caseKey ? -1 : 0
  }
  return {
    launches: [...byLaunch.values()],
    ...(records !== null && { starts: [...byLaunch.keys()].map(startOf) }),
  }
}

export function firstLaunches({ launches, starts }: MeasuredLaunches, count: number): MeasuredLaunches {
  return { launches: launches.slice(0, count), ...(starts && { starts: starts.slice(0, count) }) }
}
