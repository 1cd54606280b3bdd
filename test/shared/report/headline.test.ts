import { describe, expect, it } from 'vitest'
import type { CaseRecord, RunRecord, Speedup } from '../../../shared/domain/run.ts'
import { headlineOf } from '../../../shared/report/headline.ts'
import { exampleNoiseFloor } from '../../fixtures/every-pass.ts'
import { completedRun, digitsRun, type FixtureRun, seededRun, simulatedRun } from '../../fixtures/record.ts'
import { sameRun, undecidedRun } from '../../fixtures/sequential-run.ts'

const { record } = completedRun()
const groupKey = 'clip-vit-b32-b1'

/** The run with one case changed in its first group. */
function changed(caseKey: string, change: (entry: CaseRecord) => Partial<CaseRecord>, from = record): RunRecord {
  const [group, ...others] = from.groups
  if (group === undefined) throw new Error('the run has groups')
  const cases = group.cases.map((entry) => (entry.caseKey === caseKey ? { ...entry, ...change(entry) } : entry))
  return { ...from, groups: [{ ...group, cases }, ...others] }
}

const refuse = ({ speedup }: CaseRecord): Partial<CaseRecord> => ({
  speedup: { ...speedup, value: null, interval: null, verdict: 'refused', reason: 'parity failed: cosine 0.9' },
})

/** A torch.compile that gains by 1.2 × over eager. */
function withCompiled(value: number, low: number, high: number): RunRecord {
  const asCompiled = (entry: CaseRecord): Partial<CaseRecord> => ({
    backend: 'torch-compile',
    caseKey: 'torch-compile-fp32',
    latencyMs: { ...entry.latencyMs, p50: { value: 40 / value, interval: null } },
    speedup: { ...entry.speedup, value, verdict: 'faster', interval: { low, high, level: 0.95, method: 'any' } },
  })
  return changed('onnxruntime-node-fp32', asCompiled)
}

describe('headlineOf', () => {
  it('says what the best engine gains over PyTorch, with the interval', () => {
    const best = record.groups[0]?.cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')
    expect(headlineOf(record, groupKey)).toEqual({
      verdict: 'faster',
      value: best?.speedup.value,
      interval: best?.speedup.interval,
      answer: null,
      statement: 'Ship ONNX Runtime FP32: 1.39 × faster than PyTorch eager FP32, 28.8 ms, parity passed.',
      certainty: '1.36 – 1.42, 97.5 % interval',
      explanation: 'The interval holds at 97.5 %, so that all comparisons of this batch hold together.',
      withoutFlagged: null,
      heading: null,
      best: 'onnxruntime-fp32',
      reference: 'torch-eager-fp32',
    })
  })

  it('takes the fastest PyTorch where it beats eager, and says the gain over eager beside it', () => {
    const headline = headlineOf(withCompiled(1.2, 1.19, 1.21), groupKey)
    expect(headline).toMatchObject({
      verdict: 'faster',
      value: expect.closeTo(1.389 / 1.2, 2),
      interval: { low: expect.closeTo(1.3616 / 1.21, 3), high: expect.closeTo(1.4202 / 1.19, 3), level: 0.925 },
      statement:
        'Ship ONNX Runtime FP32: 1.16 × faster than the fastest PyTorch, torch.compile FP32, 28.8 ms, parity passed.',
      explanation:
        'Over PyTorch eager FP32 the gain is 1.39 × (1.36 – 1.42). The interval holds at 92.5 %, since it combines two.',
      reference: 'torch-compile-fp32',
    })
  })

  it('ships PyTorch where it is not beaten, and says what comes next', () => {
    expect(headlineOf(withCompiled(2, 1.99, 2.01), groupKey)).toMatchObject({
      verdict: 'slower',
      value: expect.closeTo(2 / 1.389, 2),
      interval: { low: expect.closeTo(1.99 / 1.4202, 3), high: expect.closeTo(2.01 / 1.3616, 3) },
      statement: 'Ship torch.compile FP32: 1.44 × faster than ONNX Runtime FP32, 20.0 ms, parity passed.',
      explanation: expect.stringMatching(
        /^Nothing measured beats it; ONNX Runtime FP32 comes next, 0\.69 × \(0\.68 – 0\.71\)\. Over PyTorch eager FP32 the gain is 2\.00 × \(1\.99 – 2\.01\)\./,
      ),
      best: 'torch-compile-fp32',
      reference: 'onnxruntime-fp32',
    })
  })

  it('claims no number where no difference is shown', () => {
    const without = changed('onnxruntime-fp32', refuse)
    expect(headlineOf(without, groupKey)).toEqual({
      verdict: 'no-difference',
      value: null,
      interval: null,
      answer: 'no difference shown',
      statement: expect.stringMatching(
        /^No difference is shown between ONNX Runtime \(Node\) FP32 and PyTorch eager FP32: 0\.98 × \(0\.97 – 1\.00\)\.$/,
      ),
      certainty: null,
      explanation: '0.984 × is within ±2.0 %. The lowest median latency is that of ONNX Runtime FP32, 28.8 ms.',
      withoutFlagged: null,
      heading: null,
      best: 'onnxruntime-node-fp32',
      reference: 'torch-eager-fp32',
    })
  })

  it('gives the reasons where every speedup is refused', () => {
    const none = changed('onnxruntime-node-fp32', refuse, changed('onnxruntime-fp32', refuse))
    expect(headlineOf(none, groupKey)).toEqual({
      verdict: 'refused',
      value: null,
      interval: null,
      answer: 'no speedup claimed',
      statement: 'No speedup is claimed over PyTorch eager FP32.',
      certainty: null,
      explanation:
        'ONNX Runtime FP32: parity failed: cosine 0.9. ONNX Runtime (Node) FP32: parity failed: cosine 0.9. ONNX Runtime FP16: fp16 stored, fp32 computed: no FP16 speedup.',
      withoutFlagged: null,
      heading: null,
      best: null,
      reference: null,
    })
  })

  it('ends a reason that is a sentence already with one full stop', () => {
    const crash = ({ speedup }: CaseRecord): Partial<CaseRecord> => ({
      speedup: { ...speedup, value: null, interval: null, verdict: 'refused', reason: 'the case failed: It crashed.' },
    })
    const none = changed('onnxruntime-node-fp32', crash, changed('onnxruntime-fp32', crash))
    expect(headlineOf(none, groupKey)?.explanation).toBe(
      'ONNX Runtime FP32: the case failed: It crashed. ONNX Runtime (Node) FP32: the case failed: It crashed. ONNX Runtime FP16: fp16 stored, fp32 computed: no FP16 speedup.',
    )
  })

  it('speaks of the baseline where there is no PyTorch', () => {
    expect(headlineOf(digitsRun().record, 'digits-b1')).toMatchObject({
      statement: expect.stringMatching(
        /^Ship ONNX Runtime \(Node\) INT8: 1\.\d\d × faster than ONNX Runtime \(Node\) FP32, 0\.170 ms, parity passed\.$/,
      ),
    })
  })

  it('gives the gain without disturbed rounds beside it, and calls it unstable where that lies outside the interval', () => {
    const without = (value: number | null) =>
      headlineOf(
        changed('onnxruntime-fp32', ({ speedup }) => ({
          speedup: { ...speedup, withoutFlagged: { value, interval: null, roundsLeftOut: 2 } },
        })),
        groupKey,
      ).withoutFlagged
    expect(without(1.39)).toBe('Without 2 disturbed rounds it is 1.39 ×.')
    expect(without(1.8)).toBe('Without 2 disturbed rounds it is 1.80 ×, which lies outside the interval: unstable.')
  })

  it('claims nothing where other work disturbed every round', () => {
    const disturbed = changed('onnxruntime-fp32', ({ speedup }) => ({
      speedup: { ...speedup, withoutFlagged: { value: null, interval: null, roundsLeftOut: 12 } },
    }))
    expect(headlineOf(disturbed, groupKey)).toEqual({
      verdict: 'refused',
      value: null,
      interval: null,
      answer: 'every round disturbed',
      statement:
        'No speedup is claimed for ONNX Runtime FP32 over PyTorch eager FP32: other work disturbed every round.',
      certainty: null,
      explanation:
        'Disturbed, it was 1.39 × (1.36 – 1.42). The lowest median latency is that of ONNX Runtime FP32, 28.8 ms.',
      withoutFlagged: null,
      heading: null,
      best: 'onnxruntime-fp32',
      reference: 'torch-eager-fp32',
    })
  })

  it('names the next engine that gains too, or says that the two are not told apart', () => {
    const second = (low: number, high: number) =>
      headlineOf(
        changed('onnxruntime-node-fp32', ({ speedup }) => ({
          speedup: { ...speedup, value: 1.2, verdict: 'faster', interval: { low, high, level: 0.975, method: 'any' } },
        })),
        groupKey,
      ).explanation
    expect(second(1.19, 1.21)).toMatch(/^Next comes ONNX Runtime \(Node\) FP32, 1\.20 × \(1\.19 – 1\.21\)\./)
    expect(second(1, 1.45)).toMatch(
      /^It is not told apart from ONNX Runtime \(Node\) FP32: 1\.16 × \(0\.94 – 1\.42\)\./,
    )
  })

  it('holds a gain over the fastest PyTorch against the noise floor of the run', () => {
    const { noiseFloor: _, ...known } = withCompiled(1.2, 1.19, 1.21)
    const floor = { ...exampleNoiseFloor, value: 0.2 }
    expect(headlineOf({ ...known, noiseFloor: floor }, groupKey).verdict).toBe('no-difference')
  })

  it('is headed as timing only with seeded weights, and as simulated', () => {
    expect(headlineOf(seededRun().record, groupKey)).toMatchObject({
      heading: 'timing only, predictions not judged',
      statement: 'ONNX Runtime FP32 is the fastest: 1.39 × faster than PyTorch eager FP32, 28.8 ms, parity not judged.',
    })
    expect(headlineOf(simulatedRun().record, groupKey).heading).toBe('simulated')
  })

  it('never takes a copy of the baseline for an engine', () => {
    const copied = changed('onnxruntime-fp32', ({ speedup }) => ({
      caseKey: 'torch-eager-fp32.2',
      backend: 'torch-eager',
      artifactSha256: null,
      speedup: { ...speedup, value: 9, verdict: 'faster' },
    }))
    expect(headlineOf(copied, groupKey).best).toBe('onnxruntime-node-fp32')
  })

  it('says that only one case was measured', () => {
    const [group] = record.groups
    if (group === undefined) throw new Error('the run has groups')
    const alone = { ...record, groups: [{ ...group, cases: group.cases.slice(0, 1) }] }
    expect(headlineOf(alone, groupKey)).toMatchObject({
      verdict: 'refused',
      statement: 'PyTorch eager FP32 was the only case measured.',
    })
  })

  const sequential = (run: FixtureRun) => headlineOf(run.record, groupKey)

  it('says that an engine is as fast as another within the margin', () => {
    expect(sequential(sameRun())).toEqual({
      verdict: 'same',
      value: null,
      interval: null,
      answer: 'same within 2 %',
      statement: expect.stringMatching(
        /^ONNX Runtime \(Node\) FP32 is as fast as PyTorch eager FP32 within 2 %: \d\.\d{3} × \(0\.9\d\d – 1\.01\d\)\.$/,
      ),
      certainty: null,
      explanation: expect.stringMatching(/^The lowest median latency is that of .+ FP32, [\d.]+ ms\.$/),
      withoutFlagged: null,
      heading: 'simulated',
      best: 'onnxruntime-node-fp32',
      reference: 'torch-eager-fp32',
    })
  })

  it('says what is undecided, with its interval and what it would take', () => {
    expect(sequential(undecidedRun())).toMatchObject({
      verdict: 'undecided',
      value: null,
      answer: 'undecided',
      statement: expect.stringMatching(
        /^Whether OpenVINO FP32 is faster than PyTorch eager FP32 is undecided: 1\.0\d\d × \(0\.9\d\d – 1\.0\d\d\)\.$/,
      ),
      explanation: expect.stringMatching(
        /^About 1 more minute would decide it\. The lowest median latency is that of .+ FP32, [\d.]+ ms\.$/,
      ),
    })
  })

  it('names a decided winner before an undecided one, and says that the other may be faster still', () => {
    const [group] = undecidedRun().record.groups
    if (group === undefined) throw new Error('the run has groups')
    const [reference, open] = group.cases
    if (reference === undefined || open === undefined) throw new Error('the group has cases')
    const at = (value: number, verdict: Speedup['verdict']): CaseRecord => ({
      ...open,
      caseKey: `openvino-${verdict}`,
      precision: verdict === 'faster' ? 'int8' : 'fp32',
      speedup: { ...open.speedup, value, verdict, interval: { low: 0.9, high: 1.6, level: 0.95, method: 'any' } },
    })
    const run = {
      ...undecidedRun().record,
      groups: [{ ...group, cases: [reference, at(1.3, 'undecided'), at(1.2, 'faster')] }],
    }
    expect(headlineOf(run, groupKey)).toMatchObject({
      verdict: 'faster',
      value: 1.2,
      explanation: 'OpenVINO FP32 may be faster still, but is undecided: 1.30 × (0.90 – 1.60).',
    })
  })
})
