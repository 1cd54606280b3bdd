// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../../shared/domain/run.ts'
import { comparisonFormats } from '../../../../shared/report/comparison/comparison-formats.ts'
import { comparisonHeadline, gateAnswer, gateSentence } from '../../../../shared/report/comparison/comparison-words.ts'
import { obstacleBanner, runDifferences } from '../../../../shared/report/comparison/run-differences.ts'
import { type ComparedFigureName, compareRuns } from '../../../../shared/statistics/compare-runs.ts'
import { runOfCases } from '../../../fakes/compared-runs.ts'

const torch = { caseKey: 'torch-eager-fp32', p50Ms: 40 }
const onnx = { caseKey: 'onnxruntime-fp32', p50Ms: 20, p99Ms: 25 }
const earlier = runOfCases([torch, onnx])

function later(p50Ms: number, changes: Partial<RunRecord> = {}): RunRecord {
  return runOfCases([torch, { ...onnx, p50Ms }], { runId: 'later', ...changes })
}

const compared = (run: RunRecord) => compareRuns([earlier, run])
const gateOf = (run: RunRecord, limit: number, names: ComparedFigureName[] = ['p50']) => {
  const answer = gateAnswer(compared(run), limit, names)
  return [answer.answer, gateSentence(answer, limit)]
}

describe('one sentence says what changed', () => {
  it.each([
    [22, 'ONNX Runtime FP32, batch 1, got slower at p50: +10.0 % (+8.2 – +11.9 %).'],
    [18, 'ONNX Runtime FP32, batch 1, got faster at images/s: +11.1 % (+9.2 – +13.0 %).'],
  ])('ONNX Runtime at %i ms', (p50Ms, statement) => {
    expect(comparisonHeadline(compared(later(p50Ms))).statement).toBe(statement)
  })

  it('a regression is named before a larger gain', () => {
    const run = runOfCases([
      { ...torch, p50Ms: 20 },
      { ...onnx, p50Ms: 21 },
    ])
    expect(comparisonHeadline(compared(run)).statement).toBe(
      'ONNX Runtime FP32, batch 1, got slower at p50: +5.0 % (+3.2 – +6.8 %).',
    )
  })

  it('nothing changed, if every interval lies within the margin', () => {
    const close = { reach: 0.004 }
    const runs = [
      runOfCases([
        { ...torch, ...close },
        { ...onnx, ...close },
      ]),
      runOfCases([
        { ...torch, ...close },
        { ...onnx, ...close },
      ]),
    ]
    expect(comparisonHeadline(compareRuns(runs))).toEqual({
      change: null,
      statement: 'Nothing changed by more than 2 %.',
      explanation: 'Of 5 latencies and throughputs: 5 the same.',
    })
  })

  it('no verdict, with the reason', () => {
    expect(comparisonHeadline(compared(later(22, { protocol: 2 }))).statement).toBe(
      'No verdict: another protocol: 2 here, 3 for the baseline run.',
    )
  })
})

describe('what differs is told by its name', () => {
  it('software, settings and files, but nothing that is equal', () => {
    const run = later(22, { fingerprint: { ...earlier.fingerprint, hash: 'b', software: { onnxruntime: '1.33.0' } } })
    const [group] = run.groups
    const cases = group?.cases.map((entry) => ({ ...entry, artifactSha256: 'beef'.repeat(16) })) ?? []
    const changed = { ...run, groups: group ? [{ ...group, cases }] : [] }
    expect(runDifferences(compared(changed))).toEqual([
      { what: 'torch', values: ['2.13.0', 'none'] },
      { what: 'onnxruntime', values: ['1.32.0', '1.33.0'] },
      { what: 'python', values: ['3.11.7', 'none'] },
      { what: 'node', values: ['20.20.2', 'none'] },
      { what: 'file of ONNX Runtime FP32, batch 1', values: ['c0dec0de', 'beefbeef'] },
    ])
  })

  it('nothing of one machine in one state', () => {
    expect(runDifferences(compared(later(22)))).toEqual([])
  })

  it('the banner of a run without a verdict says why', () => {
    const comparison = compared(later(22, { protocol: 2 }))
    expect([obstacleBanner(comparison, 0), obstacleBanner(comparison, 1)]).toEqual([
      null,
      'later: no verdict, another protocol: 2 here, 3 for the baseline run. What differs: measuring protocol (3 / 2).',
    ])
  })
})

describe('a limit for regressions', () => {
  it.each([
    [22, 0.05, 'regression', 'Regression beyond 5 %: ONNX Runtime FP32, batch 1, p50 +10.0 % (+8.2 – +11.9 %) slower.'],
    [
      21,
      0.05,
      'not-sure',
      'Not sure: whether it is a regression beyond 5 % cannot be told of ONNX Runtime FP32, batch 1, p50 +5.0 % (+3.2 – +6.8 %) slower.',
    ],
    [20, 0.05, 'none', 'No regression beyond 5 %.'],
  ])('at %i ms and %d', (p50Ms, limit, answer, sentence) => {
    expect(gateOf(later(p50Ms), limit)).toEqual([answer, sentence])
  })

  it('is not judged across machines, and not by a figure that was not measured', () => {
    expect(gateOf(later(22, { protocol: 2 }), 0.05)[0]).toBe('not-judged')
    expect(gateOf(later(20), 0.05, ['energy'])).toEqual([
      'not-judged',
      'Not judged: PyTorch eager FP32, batch 1, energy per image no verdict: energy is not measured on a CPU. 1 more likewise.',
    ])
  })
})

describe('as a file', () => {
  const input = { comparison: compared(later(22)), gate: { limit: 0.05, figures: ['p50'] as const } }

  it('Markdown begins with the answer and holds every change with its interval', () => {
    const text = comparisonFormats.md(input)
    expect(text).toContain(
      '**Regression beyond 5 %: ONNX Runtime FP32, batch 1, p50 +10.0 % (+8.2 – +11.9 %) slower.**',
    )
    expect(text).toContain(
      '| ONNX Runtime FP32, batch 1 | p50, ms | 20.0 ms | 22.0 ms, +10.0 % (+8.2 – +11.9 %) slower |',
    )
    expect(text).toContain('The runs were measured on one machine, in one state, in the same way.')
  })

  it('JUnit fails a regression, and passes what did not change', () => {
    const document = new DOMParser().parseFromString(comparisonFormats.junit(input), 'application/xml')
    const suites = [...document.querySelectorAll('testsuite')].map((suite) => suite.getAttribute('name'))
    const tests = [...document.querySelectorAll('testcase')].map((test) => [
      test.getAttribute('name'),
      ...[...test.children].map((child) => [child.tagName, child.getAttribute('message') ?? child.textContent]),
    ])
    expect(suites).toEqual(['later'])
    expect(tests).toEqual([
      ['PyTorch eager FP32, batch 1, p50', ['system-out', '0.0 % (−1.7 – +1.7 %) same within 2 %']],
      ['ONNX Runtime FP32, batch 1, p50', ['failure', '+10.0 % (+8.2 – +11.9 %) slower; the limit is 5 %']],
    ])
    expect(document.documentElement.getAttribute('failures')).toBe('1')
  })

  it('JUnit stays well-formed with any name', () => {
    const hostile = later(22, { modelName: 'a<b>&"\u0007\ud800' })
    const text = comparisonFormats.junit({ comparison: compared(hostile), gate: null })
    expect(new DOMParser().parseFromString(text, 'application/xml').querySelector('parsererror')).toBeNull()
  })

  it('Bencher gets the last run: ns, and images per second', () => {
    const { 'clip-vit-b32-b1/onnxruntime-fp32': benchmark } = JSON.parse(comparisonFormats.bmf(input))
    const close = (value: number) => expect.closeTo(value, 3)
    expect(benchmark).toEqual({
      latency: { value: close(22e6), lower_value: close(22e6 / 1.01), upper_value: close(22e6 * 1.01) },
      'latency-p99': { value: close(25e6), lower_value: close(25e6 / 1.01), upper_value: close(25e6 * 1.01) },
      throughput: {
        value: close(1000 / 22),
        lower_value: close(1000 / 22 / 1.01),
        upper_value: close((1000 / 22) * 1.01),
      },
      'process-peak-memory': { value: 600 * 1024 * 1024 },
    })
  })

  it('JSON holds the answer, the differences and every change', () => {
    const document = JSON.parse(comparisonFormats.json(input))
    expect(document).toMatchObject({
      baseline: earlier.runId,
      gate: { limit: 0.05, figures: ['p50'], answer: 'regression' },
      runs: [
        { runId: earlier.runId, noVerdict: null },
        { runId: 'later', noVerdict: null, margin: 0.02 },
      ],
      differences: [],
    })
    expect(document.cases[1].figures[0].changes[1]).toMatchObject({
      runId: 'later',
      verdict: 'worse',
      regression: 'regression',
    })
  })
})
