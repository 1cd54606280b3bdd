// A whole group of a record under protocol 2: verdicts, reasons, and what is kept for the picture.
import { describe, expect, it } from 'vitest'
import type { CaseRecord, GroupRecord, LaunchRecord, RunRecord } from '../../../shared/domain/run.ts'
import { recomputeRecord, summarizeGroup } from '../../../shared/statistics/group-summary.ts'
import type { JudgedComparison } from '../../../shared/statistics/sequential.ts'
import { decisionReason, minutesPerLaunch, percentText } from '../../../shared/statistics/sequential-speedups.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'
import { completedRun } from '../../fixtures/record.ts'

const { record } = completedRun()
const [example] = record.groups
const [torch, onnx] = example?.cases ?? []
if (example === undefined || torch === undefined || onnx === undefined) throw new Error('the run has two cases')

const margin = 0.02
const launchRecords = (count: number): LaunchRecord[] =>
  Array.from({ length: count }, (_, launch) => ({
    order: [],
    startMs: {},
    hugePageBytes: {},
    startedAtMs: launch * 30_000,
    endedAtMs: launch * 30_000 + 24_000,
  }))

interface Changes {
  readonly launches?: number
  readonly launchSpread?: number
  readonly seed?: number
}

/** @param mediansMs by caseKey; the baseline is the first. */
function groupOf(
  mediansMs: Readonly<Record<string, number>>,
  { launches = 5, launchSpread = 0.003, seed = 5 }: Changes,
) {
  const blocks = simulatedBlocks({ seed, mediansMs, launches, rounds: 4, spread: 0.01, launchSpread })
  const cases = Object.keys(mediansMs).map((caseKey): CaseRecord => {
    const like = caseKey.startsWith('torch') ? torch : onnx
    return { ...(like as CaseRecord), caseKey }
  })
  const group: GroupRecord = {
    ...(example as GroupRecord),
    baseline: Object.keys(mediansMs)[0] ?? '',
    cases,
    launches: launchRecords(launches),
  }
  return { group, blocksOf: (caseKey: string) => blocks.get(caseKey) ?? [] }
}

function speedups(mediansMs: Readonly<Record<string, number>>, changes: Changes = {}) {
  const { group, blocksOf } = groupOf(mediansMs, changes)
  return summarizeGroup(group, blocksOf, null, margin).cases.map(({ speedup }) => speedup)
}

describe('a group of protocol 2', () => {
  it('says of each candidate whether it is faster, slower or the same, with looks and the path of intervals', () => {
    const [baseline, faster, slower, same] = speedups({ torch: 10, onnx: 8, onnx2: 12, onnx3: 10 }, { launches: 8 })
    expect(baseline).toEqual({
      value: 1,
      interval: null,
      baseline: 'torch',
      verdict: 'same',
      reason: 'the baseline itself',
      heading: null,
    })
    expect([faster, slower, same].map((speedup) => speedup?.verdict)).toEqual(['faster', 'slower', 'same'])
    expect(faster).toMatchObject({ margin, launches: 8, minutesToDecide: null })
    expect(faster?.looks?.map(({ launches, verdict }) => [launches, verdict])).toEqual([
      [5, 'faster'],
      [8, 'faster'],
    ])
    expect(faster?.looks?.at(-1)).toEqual({
      launches: 8,
      value: faster?.value,
      interval: faster?.interval,
      verdict: 'faster',
    })
    expect(faster?.path?.at(-1)).toEqual({
      launches: 8,
      value: faster?.value,
      low: faster?.interval?.low,
      high: faster?.interval?.high,
    })
  })

  it('is undecided where launches scatter too much, and says how many more minutes would decide', () => {
    const [, speedup] = speedups({ torch: 10, onnx: 9.7 }, { launchSpread: 0.02, seed: 8 })
    // Three more launches of 24 s each.
    expect(speedup).toMatchObject({ verdict: 'undecided', minutesToDecide: expect.closeTo(3 * 0.4, 10) })
    expect(speedup?.reason).toMatch(
      /^undecided after 5 launches: the interval .+ includes 1 and reaches beyond ±2 %; about 2 more minutes would decide$/,
    )
  })

  it('refuses the group where two copies of the baseline are told apart, and not where they are the same', () => {
    const [, copy, candidate] = speedups({ torch: 10, torch2: 9, onnx: 5 })
    expect([copy?.verdict, candidate?.verdict]).toEqual(['refused', 'refused'])
    expect(candidate?.reason).toMatch(/^two copies of the baseline were told apart: 1\.1/)
    const [, equal, claim] = speedups({ torch: 10, torch2: 10, onnx: 5 })
    expect([equal?.verdict, claim?.verdict]).toEqual(['same', 'faster'])
    expect(claim?.interval?.method).toBe('student-t over 5 launches')
  })

  it('needs no second launch for a large difference, and says what it assumes', () => {
    const [, speedup] = speedups({ torch: 10, onnx: 5 }, { launches: 1 })
    expect(speedup).toMatchObject({
      verdict: 'faster',
      interval: { method: 'normal over 1 launch that are taken to scatter by 5 %' },
      path: [],
    })
  })

  it('shows the ratio without the rounds that were flagged, over the launches that are left', () => {
    const { group, blocksOf } = groupOf({ torch: 10, onnx: 8 }, { launches: 6 })
    const flagged = (caseKey: string) =>
      blocksOf(caseKey).map((block) =>
        block.launch === 0 && caseKey === 'onnx' ? { ...block, flags: ['throttled' as const] } : block,
      )
    const [, entry] = summarizeGroup(group, flagged, null, margin).cases
    expect(entry?.speedup.withoutFlagged).toEqual({
      value: expect.closeTo(1.25, 1),
      interval: expect.objectContaining({ method: 'student-t over 5 launches' }),
      roundsLeftOut: 4,
    })
  })

  it('refuses a case that was measured in no round with the baseline', () => {
    const { group, blocksOf } = groupOf({ torch: 10, onnx: 8 }, {})
    const [, entry] = summarizeGroup(group, (key) => (key === 'onnx' ? [] : blocksOf(key)), null, margin).cases
    expect(entry?.speedup).toMatchObject({ verdict: 'refused', reason: 'no round has a block of both' })
  })

  it('has the effect of the worker that was started first taken out by protocol 3, and by protocol 2 not', () => {
    const { group, blocksOf } = groupOf({ torch: 10, onnx: 10 }, { launches: 10 })
    const orders = (group.launches ?? []).map((_, launch) => (launch % 2 === 0 ? ['torch', 'onnx'] : ['onnx', 'torch']))
    const ordered: GroupRecord = {
      ...group,
      launches: launchRecords(10).map((launch, index) => ({ ...launch, order: orders[index] ?? [] })),
    }
    // The one that is started first is 7 % faster.
    const biased = (caseKey: string) =>
      blocksOf(caseKey).map((block) =>
        orders[block.launch]?.[0] === caseKey
          ? { ...block, latenciesMs: block.latenciesMs.map((latencyMs) => latencyMs * 0.93) }
          : block,
      )
    const speedupBy = (protocol: 2 | 3) =>
      recomputeRecord({ ...record, protocol, groups: [ordered] }, (_, caseKey) => biased(caseKey)).groups[0]?.cases[1]
        ?.speedup
    expect([speedupBy(2), speedupBy(3)]).toMatchObject([
      { verdict: 'undecided', interval: { method: 'student-t over 10 launches' } },
      {
        verdict: 'same',
        value: expect.closeTo(1, 2),
        interval: { method: 'student-t over 10 launches, starting order fitted' },
      },
    ])
  })

  it('is recomputed by the protocol and the margin of its record', () => {
    const { group, blocksOf } = groupOf({ torch: 10, onnx: 9.6 }, { launches: 8 })
    const verdictBy = (changes: Partial<RunRecord>) =>
      recomputeRecord({ ...record, groups: [group], ...changes }, (_, caseKey) => blocksOf(caseKey)).groups[0]?.cases[1]
        ?.speedup.verdict
    expect(verdictBy({})).toBe('refused')
    expect(verdictBy({ protocol: 2 })).toBe('faster')
    expect(verdictBy({ protocol: 2, plan: { ...record.plan, margin: 0.06 } })).toBe('same')
  })
})

describe('the time of a launch', () => {
  it('is from the start of its first worker to its end', () => {
    expect(minutesPerLaunch(launchRecords(3))).toBeCloseTo(0.4, 12)
  })

  it('is that between ends where starts were not recorded', () => {
    const ends = launchRecords(3).map(({ startedAtMs: _, ...rest }) => rest)
    expect(minutesPerLaunch(ends)).toBeCloseTo(0.5, 12)
    expect(minutesPerLaunch(ends.slice(0, 1))).toBeNull()
  })
})

const judged = (changes: Partial<JudgedComparison>, low: number, high: number): JudgedComparison => ({
  ...{ caseKey: 'a', verdict: 'undecided', value: 1, margin: 0.02, launches: 12, share: 1, mayDiffer: true },
  ...changes,
  interval: { low, high, level: 0.95, method: 'any' },
})

describe('decisionReason', () => {
  it.each([
    [
      judged({ verdict: 'same' }, 0.994, 1.006),
      null,
      'the interval 0.994 – 1.006 lies within ±2 %: the same within 2 %',
    ],
    [
      judged({ verdict: 'faster', value: 1.1 }, 1.05, 1.15),
      null,
      'the interval 1.050 – 1.150 excludes 1, and the ratio is outside ±2 %',
    ],
    [
      judged({}, 0.97, 1.04),
      5.2,
      'undecided after 12 launches: the interval 0.970 – 1.040 includes 1 and reaches beyond ±2 %; about 6 more minutes would decide',
    ],
    [
      judged({ value: 1.018 }, 1.005, 1.031),
      0.4,
      'undecided after 12 launches: the interval 1.005 – 1.031 excludes 1, but lies partly within and partly beyond ±2 %; about 1 more minute would decide',
    ],
    [
      judged({ value: 1.05, mayDiffer: false, launches: 32 }, 1.01, 1.09),
      null,
      'undecided after 32 launches: the interval 1.010 – 1.090 excludes 1, but a clearer comparison of the same group did not; 32 launches are the most that Enginebench makes',
    ],
    [
      judged({ launches: 1 }, 0.99, 1.01),
      null,
      'undecided after 1 launch: the interval 0.990 – 1.010 lies within ±2 %, but 1 launch is too few to call it the same',
    ],
    [
      judged({ launches: 1, value: 1.38 }, 1.25, 1.52),
      4,
      'undecided after 1 launch: the interval 1.250 – 1.520 excludes 1, but a process can be slower by itself: 1 launch can only tell a ratio above 1.45 or below 0.69; about 4 more minutes would decide',
    ],
  ])('says why (%#)', (comparison, minutes, words) => {
    expect(decisionReason(comparison, minutes, null)).toBe(words)
  })

  it('mentions a noise floor that is so large that it limits every claim', () => {
    expect(decisionReason(judged({ verdict: 'same', margin: 0.073 }, 0.96, 1.05), null, 0.073)).toBe(
      'the interval 0.960 – 1.050 lies within ±7.3 %: the same within 7.3 %; this machine cannot resolve less than 7.3 %',
    )
  })
})

it('writes a share in per cent without needless decimals', () => {
  expect([0.02, 0.025, 0.0734].map(percentText)).toEqual(['2 %', '2.5 %', '7.3 %'])
})
