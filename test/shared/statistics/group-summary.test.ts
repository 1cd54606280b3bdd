import { describe, expect, it } from 'vitest'
import type { AppliedNoiseFloor, NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import type { CaseRecord, GroupRecord, Speedup } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { recomputeRecord, summarizeGroup } from '../../../shared/statistics/group-summary.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'
import { completedRun, digitsRun, failedCaseRun, seededRun, simulatedRun } from '../../fixtures/record.ts'

const run = completedRun()
const [group] = run.record.groups
if (group === undefined) throw new Error('the run has groups')
const blocksOf = (caseKey: string) => run.blocksOf(group.groupKey, caseKey)

/** The ONNX Runtime case after a change to it, or to the baseline. */
function speedupWith(changes: Partial<CaseRecord>, baselineChanges: Partial<CaseRecord> = {}): Speedup {
  return speedupAmong(withChanges(changes, baselineChanges), blocksOf)
}

function withChanges(changes: Partial<CaseRecord>, baselineChanges: Partial<CaseRecord> = {}): GroupRecord {
  const change = (entry: CaseRecord) => {
    if (entry.caseKey === 'onnxruntime-fp32') return { ...entry, ...changes }
    return entry.caseKey === group?.baseline ? { ...entry, ...baselineChanges } : entry
  }
  return { ...(group as GroupRecord), cases: (group as GroupRecord).cases.map(change) }
}

function speedupAmong(
  changed: GroupRecord,
  blocks: (caseKey: string) => readonly SampleBlock[],
  floor = null,
): Speedup {
  const found = summarizeGroup(changed, blocks, floor).cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')
  if (found === undefined) throw new Error('the case is there')
  return found.speedup
}

const refused = (reason: string): Speedup => ({
  value: null,
  interval: null,
  baseline: 'torch-eager-fp32',
  verdict: 'refused',
  reason,
  heading: null,
})

const proof = (holds: boolean, label: string) => ({ holds, label, method: 'optimized graph', evidence: [] })
const unsteady = { verdict: 'no-steady-state', iterations: 90, elapsedMs: 30_000, reason: 'it drifts' } as const

describe('a group’s speedups', () => {
  it('fault-23: show beside the headline what it is without disturbed rounds, and keep those in the headline', () => {
    const plain = speedupWith({})
    const flagged = (caseKey: string) =>
      blocksOf(caseKey).map(
        (block): SampleBlock =>
          caseKey === 'onnxruntime-fp32' && block.round < 2 ? { ...block, flags: ['throttled'] } : block,
      )
    const { withoutFlagged, ...headline } = speedupAmong(withChanges({}), flagged)
    expect(headline).toEqual(plain)
    expect(withoutFlagged).toEqual({
      value: expect.closeTo(1.39, 1),
      interval: {
        low: expect.any(Number),
        high: expect.any(Number),
        level: 0.975,
        method: 'wilcoxon-signed-rank, within one launch, Holm-adjusted over 2 comparisons',
      },
      roundsLeftOut: 2,
    })
    expect(withoutFlagged?.value).not.toBe(plain.value)
  })

  it('name a winner with an interval adjusted over the group', () => {
    expect(speedupWith({})).toEqual({
      value: expect.closeTo(1.39, 1),
      interval: {
        low: expect.any(Number),
        high: expect.any(Number),
        level: 0.975,
        method: 'wilcoxon-signed-rank, within one launch, Holm-adjusted over 2 comparisons',
      },
      baseline: 'torch-eager-fp32',
      verdict: 'faster',
      reason: expect.stringMatching(/^the interval 1\.\d{3} – 1\.\d{3} excludes 1, by more than 2\.0 %$/),
      heading: null,
    })
  })

  it.each([
    ['fp16 stored, fp32 computed: no FP32 speedup', { precisionProof: proof(false, 'fp16 stored, fp32 computed') }],
    [
      'int8 weights only, multiplied in a wider type: no INT8 speedup',
      { precision: 'int8', precisionProof: proof(false, 'int8 weights only, multiplied in a wider type') },
    ],
    ['FP32 was not proved', { precisionProof: null }],
    [
      'parity failed: cosine 0.9 is below 0.99',
      { parity: { verdict: 'fail', reason: 'cosine 0.9 is below 0.99', figures: null, reference: null } },
    ],
    [
      'parity was not judged: no outputs',
      { parity: { verdict: 'not-judged', reason: 'no outputs', figures: null, reference: null } },
    ],
    ['thread counts differ: 4 here, 2 for the baseline', { threads: 4 }],
    ['no steady state: it drifts', { steadiness: [unsteady] }],
    ['the case did not complete (cancelled): Cancelled.', { state: 'cancelled', reason: 'Cancelled.' }],
  ] satisfies [string, Partial<CaseRecord>][])('are refused: %s', (reason, changes) => {
    expect(speedupWith(changes)).toEqual(refused(reason))
  })

  it('are refused where outputs have other shapes, even those of seeded weights', () => {
    const figures = {
      ...{ cosineSimilarity: null, maxAbsError: null, meanAbsError: null, maxRelError: null },
      ...{ nonFiniteCount: 0, top1Agreement: null, imageCount: 24 },
    }
    const parity = { verdict: 'not-judged' as const, reason: 'seeded weights', figures, reference: 'torch-eager-fp32' }
    expect(speedupWith({ parity, weights: 'seeded' })).toEqual({
      ...refused('the outputs have other shapes than the baseline’s'),
      heading: 'timing only, predictions not judged',
    })
  })

  it('of an engine that was built once say so, unless another build stands beside it', () => {
    const words = /; from one build: builds of the same engine differ$/
    const engine = { backend: 'tensorrt', precision: 'fp32' } as const
    expect(speedupWith(engine).reason).toMatch(words)
    expect(speedupWith({ ...engine, backend: 'torch-tensorrt' }).reason).toMatch(words)
    expect(speedupWith({ ...engine, backend: 'openvino' }).reason).not.toMatch(words)
    expect(speedupWith({}).reason).not.toMatch(words)
    const built = withChanges({ ...engine, artifactSha256: 'a'.repeat(64) })
    const another = built.cases.map((entry) =>
      entry.caseKey === 'onnxruntime-fp32' ? { ...entry, caseKey: 'other', artifactSha256: 'b'.repeat(64) } : entry,
    )
    const both = { ...built, cases: [...built.cases, ...another.filter(({ caseKey }) => caseKey === 'other')] }
    const samplesOf = (caseKey: string) => blocksOf(caseKey === 'other' ? 'onnxruntime-fp32' : caseKey)
    expect(speedupAmong(both, samplesOf).reason).not.toMatch(words)
  })

  it.each([
    ['the baseline, torch-eager-fp32, did not complete (failed)', { state: 'failed', reason: 'It broke.' }],
    [
      'the baseline, torch-eager-fp32: tf32 computed: no FP32 speedup',
      { precisionProof: proof(false, 'tf32 computed') },
    ],
    ['the baseline: no steady state: it drifts', { steadiness: [unsteady] }],
  ] satisfies [string, Partial<CaseRecord>][])('are refused for all: %s', (reason, changes) => {
    expect(speedupWith({}, changes)).toEqual(refused(reason))
  })

  it('are refused below twelve rounds', () => {
    const few = (caseKey: string) => blocksOf(caseKey).filter(({ round }) => round < 11)
    expect(speedupAmong(group, few)).toEqual(refused('too few rounds: 11 of at least 12'))
  })

  it('are refused where the baseline is missing from the group', () => {
    const others = { ...group, cases: group.cases.filter(({ caseKey }) => caseKey !== group.baseline) }
    expect(speedupAmong(others, blocksOf)).toEqual(refused('the baseline is missing'))
  })

  it('are never refused for noise', () => {
    const noisy = simulatedBlocks({
      seed: 9,
      mediansMs: { 'torch-eager-fp32': 40, 'onnxruntime-fp32': 20 },
      spread: 0.5,
    })
    expect(speedupAmong(group, (caseKey) => noisy.get(caseKey) ?? [])).toMatchObject({ verdict: 'faster' })
  })

  it('are held against the noise floor of the machine where it is known', () => {
    const summary = summarizeGroup(group, blocksOf, 0.5)
    expect(summary.cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')?.speedup).toMatchObject({
      verdict: 'no-difference',
      reason: expect.stringMatching(/^1\.\d{3} × is within ±50\.0 %; this machine cannot resolve less than 50\.0 %$/),
    })
  })

  it('are 1 for the baseline itself, without a claim', () => {
    expect(summarizeGroup(group, blocksOf).cases[0]?.speedup).toEqual({
      value: 1,
      interval: null,
      baseline: 'torch-eager-fp32',
      verdict: 'no-difference',
      reason: 'the baseline itself',
      heading: null,
    })
  })
})

describe('a pair of identical cases', () => {
  const copyOf = (entry: CaseRecord): CaseRecord => ({ ...entry, caseKey: `${entry.caseKey}.2` })
  const paired = { ...group, cases: [...group.cases, ...group.cases.slice(0, 1).map(copyOf)] }

  function pairedSpeedups(copyMs: number): ReadonlyMap<string, Speedup> {
    const mediansMs = { 'torch-eager-fp32': 40, 'onnxruntime-fp32': 29, 'torch-eager-fp32.2': copyMs }
    const blocks = simulatedBlocks({ seed: 11, mediansMs })
    const { cases } = summarizeGroup(paired, (caseKey) => blocks.get(caseKey) ?? [])
    return new Map(cases.map(({ caseKey, speedup }) => [caseKey, speedup]))
  }

  it('is a check outside the comparisons while it is not told apart', () => {
    const speedups = pairedSpeedups(40)
    expect(speedups.get('torch-eager-fp32.2')).toMatchObject({
      verdict: 'no-difference',
      interval: { level: 0.95, method: 'wilcoxon-signed-rank, within one launch' },
    })
    expect(speedups.get('onnxruntime-fp32')).toMatchObject({ verdict: 'faster', interval: { level: 0.95 } })
  })

  it('takes every claim of the group with it when its verdict names a winner', () => {
    const reason =
      /^two copies of the baseline were told apart: 1\.3\d\d × \(1\.\d{3} – 1\.\d{3}\), so no difference can be believed$/
    const speedups = pairedSpeedups(30)
    for (const caseKey of ['torch-eager-fp32.2', 'onnxruntime-fp32']) {
      expect(speedups.get(caseKey)).toEqual(refused(expect.stringMatching(reason)))
    }
  })
})

describe('badges', () => {
  const badgesOf = ({ record }: { record: { groups: readonly GroupRecord[] } }) =>
    record.groups[0]?.cases.map(({ badges }) => badges)

  it('say seeded, simulated and partial', () => {
    expect(badgesOf(seededRun())).toEqual(Array(4).fill(['seeded-weights']))
    expect(badgesOf(simulatedRun())).toEqual(Array(3).fill(['simulated']))
    expect(badgesOf(failedCaseRun())).toEqual([[], [], ['partial'], []])
  })

  it('say which case never became steady', () => {
    const { cases } = summarizeGroup(withChanges({ steadiness: [unsteady] }), blocksOf)
    expect(cases.map(({ badges }) => badges)).toEqual([[], ['no-steady-state'], [], []])
  })

  it('head the speedups of seeded weights, baseline included', () => {
    const headings = seededRun().record.groups[0]?.cases.map(({ speedup }) => speedup.heading)
    expect(headings).toEqual(Array(4).fill('timing only, predictions not judged'))
  })
})

describe('recomputeRecord', () => {
  it.each([completedRun, failedCaseRun, seededRun, simulatedRun, digitsRun])(
    'gives the same record from its samples alone (%o)',
    (fixture) => {
      const { record, blocksOf: samples } = fixture()
      const groups = record.groups.map((entry) => ({
        ...entry,
        cases: entry.cases.map((each) => ({ ...each, sampleCount: 0, badges: [], outliers: { mild: 9, severe: 9 } })),
      }))
      expect(recomputeRecord({ ...record, groups }, samples)).toEqual(record)
    },
  )

  it('judges by the noise floor that the record was judged by, and by 2 % where it has none', () => {
    const floor: NoiseFloor = {
      value: 0.6,
      interval: { low: 0.5, high: 0.7, level: 0.86, method: 'order-statistic' },
      ...{ comparisons: 40, intervalsExcludingOne: 2, preset: 'quick', device: 'cpu' },
      ...{ subject: 'digits', machineHash: 'a'.repeat(64), measuredAt: '2026-11-24T08:00:00.000Z' },
    }
    const verdictBy = (noiseFloor: AppliedNoiseFloor) =>
      recomputeRecord({ ...run.record, noiseFloor }, run.blocksOf).groups[0]?.cases[1]?.speedup
    expect(verdictBy(floor)).toMatchObject({
      verdict: 'no-difference',
      reason: expect.stringContaining('this machine cannot resolve less than 60.0 %'),
    })
    expect(verdictBy({ notMeasured: 'not yet' })).toMatchObject({ verdict: 'faster' })
  })
})
