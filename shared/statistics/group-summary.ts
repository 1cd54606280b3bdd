// Turns the blocks and the evidence of a group's cases into its record: summaries, badges, speedups and refusals. Also
// works on a record that already has summaries, so that any record can be recomputed from only its samples.
// Deterministic. Measures, reads and writes nothing.
import { defaultMargin } from '../domain/plan.ts'
import {
  type Badge,
  type CaseRecord,
  currentProtocol,
  type GroupRecord,
  hasLooks,
  type ProtocolVersion,
  type RunRecord,
  type Speedup,
} from '../domain/run.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import { type BlocksOf, type CaseFigures, summarizeCase } from './case-summary.ts'
import { groupSpeedups } from './group-speedups.ts'
import { judgingFloor } from './noise-floor.ts'

type Summarized = CaseFigures & { readonly speedup: Speedup }

/**
 * A case without the fields computed from samples; a full record is accepted too, and its old summaries are replaced.
 */
export type UnsummarizedCase = Omit<CaseRecord, keyof Summarized>

export type UnsummarizedGroup = Omit<GroupRecord, 'cases'> & { readonly cases: readonly UnsummarizedCase[] }

/**
 * @param noiseFloor |ratio - 1| that identical code reaches on this machine; null if unknown.
 * @param margin the plan's; null in protocol 1.
 */
export function summarizeGroup(
  group: UnsummarizedGroup,
  blocksOf: BlocksOf,
  noiseFloor: number | null = null,
  margin: number | null = null,
  protocol: ProtocolVersion = margin === null ? 1 : currentProtocol,
): GroupRecord {
  const speedups = groupSpeedups(group, blocksOf, { noiseFloor, protocol, margin })
  return {
    ...group,
    cases: group.cases.map((entry) => {
      const figures = summarizeCase(blocksOf(entry.caseKey), group.batchSize, protocol)
      return {
        ...entry,
        ...figures,
        speedup: speedups(entry.caseKey),
        badges: [...figures.badges, ...evidenceBadges(entry, figures.sampleCount)],
      }
    }),
  }
}

/** The margin that judges a record; null in protocol 1, which has none. */
export function judgingMargin({ protocol, plan }: Pick<RunRecord, 'protocol' | 'plan'>): number | null {
  return hasLooks(protocol) ? (plan.margin ?? defaultMargin) : null
}

/** The record with every summary recomputed from samples, by its protocol and the noise floor that judged it. */
export function recomputeRecord(
  record: RunRecord,
  blocksOf: (groupKey: string, caseKey: string) => readonly SampleBlock[],
): RunRecord {
  const noiseFloor = judgingFloor(record)
  const groups = record.groups.map((group) =>
    summarizeGroup(
      group,
      (caseKey) => blocksOf(group.groupKey, caseKey),
      noiseFloor,
      judgingMargin(record),
      record.protocol,
    ),
  )
  return { ...record, groups }
}

function evidenceBadges({ backend, weights, state, steadiness }: UnsummarizedCase, sampleCount: number): Badge[] {
  const badges: Badge[] = []
  if (steadiness.some(({ verdict }) => verdict === 'no-steady-state')) badges.push('no-steady-state')
  if (weights === 'seeded') badges.push('seeded-weights')
  if (backend === 'simulated') badges.push('simulated')
  if (state !== 'completed' && sampleCount > 0) badges.push('partial')
  return badges
}
