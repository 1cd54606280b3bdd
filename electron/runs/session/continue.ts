// Continuing a completed run: further launches of the groups in which a comparison is undecided, under the same design,
// so that their looks go on where the earlier ones ended. Decides what is continued and what the record says of it.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { GroupRecord, RunRecord } from '../../../shared/domain/run.ts'
import { continuableGroups, continuedBudget } from '../../../shared/planning/launch-budget.ts'
import { earlierNoise } from './resume.ts'

const { mostLaunches } = continuedBudget

/** Throws if further launches cannot decide anything. */
export function undecidedGroups(record: RunRecord): readonly GroupRecord[] {
  const open = continuableGroups(record)
  if (open.length > 0) return open
  if (record.groups.every(({ cases }) => cases.every(({ speedup }) => speedup.verdict !== 'undecided'))) {
    const remedy = 'To measure it again, start a new run with the command in its record.'
    throw refusal(record, 'none of its comparisons is undecided', remedy)
  }
  const remedy = 'Ask for a larger margin (--margin), or measure on a quieter machine.'
  throw refusal(record, `its undecided comparisons have had all ${mostLaunches} launches of the design`, remedy)
}

function refusal({ runId }: RunRecord, why: string, remedy: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: `Run ${runId} cannot be continued: ${why}.`,
    remedy,
  })
}

interface Continuation {
  readonly record: RunRecord
  readonly groups: readonly GroupRecord[]
  /** ISO 8601, UTC. */
  readonly at: string
  /** Offset of this session's times, in ms from the run's start. */
  readonly fromMs: number
}

export function continuedRecord({ record, groups, at, fromMs }: Continuation): RunRecord {
  const from = groups.map(({ groupKey, launches = [] }) => `${groupKey} from launch ${launches.length + 1}`).join(', ')
  const times = `Times of samples and of the machine continue from ${(fromMs / 1000).toFixed(1)} s, without the pause in between.`
  const kept = new Set(record.groups.map(({ groupKey }) => groupKey))
  return {
    ...record,
    state: 'queued',
    endedAt: null,
    notes: [
      ...new Set([...record.notes, ...earlierNoise(record, kept)]),
      `Continued at ${at}: ${groups.length === 1 ? 'group' : 'groups'} ${from}. ${times}`,
    ],
  }
}
