import { describe, expect, it } from 'vitest'
import type { GroupRecord, Speedup } from '../../../shared/domain/run.ts'
import { speedupWords } from '../../../shared/report/case-words.ts'
import { textFormats } from '../../../shared/report/formats/index.ts'
import {
  besideBar,
  looksWords,
  measuredWords,
  minutesToDecide,
  protocolWords,
  ratioWords,
  stoppedWords,
  verdictWords,
} from '../../../shared/report/verdict-words.ts'
import { completedRun } from '../../fixtures/record.ts'
import { sequentialRun } from '../../fixtures/sequential-run.ts'

const { record } = sequentialRun()
const group = record.groups[0] as GroupRecord

function wordsOf(caseKey: string): string {
  const entry = group.cases.find((each) => each.caseKey === caseKey)
  if (entry === undefined) throw new Error(`the run has no case ${caseKey}`)
  return speedupWords(entry, group)
}

describe('the words of a verdict', () => {
  it('name every verdict with its interval', () => {
    expect(wordsOf('onnxruntime-fp32')).toMatch(/^2\.0\d × \(1\.9\d – 2\.0\d\) faster$/)
    expect(wordsOf('torch-compile-fp32')).toMatch(/^0\.88 × \(0\.8\d – 0\.8\d\) slower$/)
    expect(wordsOf('onnxruntime-node-fp32')).toMatch(/^\d\.\d{3} × \(0\.9\d\d – 1\.0\d\d\) same within 2 %$/)
    expect(wordsOf('openvino-fp32')).toMatch(
      /^1\.0\d\d × \(\d\.\d{3} – 1\.0\d\d\) undecided: needs about 4 more minutes$/,
    )
    expect(wordsOf('onnxruntime-fp16')).toBe('speedup refused: fp16 stored, fp32 computed: no FP16 speedup')
    expect(wordsOf('torch-eager-fp32')).toBe('1 × baseline')
  })

  it.each([
    [0.2, 'undecided: needs about 1 more minute'],
    [3.4, 'undecided: needs about 4 more minutes'],
    [130, 'undecided: needs about 3 more hours'],
    [null, 'undecided'],
  ])('say how long %s minutes are', (minutes, words) => {
    expect(verdictWords({ verdict: 'undecided', minutesToDecide: minutes })).toBe(words)
  })

  it('say the margin as it was set', () => {
    expect(verdictWords({ verdict: 'same', margin: 0.025 })).toBe('same within 2.5 %')
  })

  it('show a tenth of a percent only close to 1, where no winner is named', () => {
    const interval = { low: 1.004, high: 1.0561, level: 0.95, method: 'm' }
    expect(ratioWords({ value: 1.03, interval, verdict: 'undecided' })).toBe('1.030 × (1.004 – 1.056)')
    expect(ratioWords({ value: 1.03, interval, verdict: 'faster' })).toBe('1.03 × (1.00 – 1.06)')
    expect(ratioWords({ value: 2, interval: null, verdict: 'undecided' })).toBe('2.00 ×')
  })

  it('put the verdict and its figure beside a bar that names no winner', () => {
    const speedup = (verdict: Speedup['verdict']): Speedup => ({
      ...{ value: 1.004, interval: { low: 0.996, high: 1.013, level: 0.95, method: 'm' }, verdict, margin: 0.02 },
      ...{ baseline: 'b', reason: 'it includes 1', heading: null, minutesToDecide: 3 },
    })
    expect((['faster', 'same', 'undecided', 'no-difference'] as const).map((each) => besideBar(speedup(each)))).toEqual(
      [
        null,
        { head: 'same within 2 %', note: '0.996 – 1.013' },
        { head: 'undecided', note: '0.996 – 1.013' },
        { head: 'no difference shown', note: 'it includes 1' },
      ],
    )
  })
})

describe('the words of a group', () => {
  it('say why it stopped and after how many launches', () => {
    const { launches = [] } = group
    const refused = group.cases.filter(
      ({ caseKey, speedup }) => caseKey === group.baseline || speedup.verdict === 'refused',
    )
    expect([
      stoppedWords({ ...group, stopped: 'decided' }),
      stoppedWords({ ...group, launches: launches.slice(0, 1), stopped: 'time' }),
      stoppedWords({ ...group, stopped: 'launches' }),
      stoppedWords({ baseline: group.baseline, cases: group.cases }),
      stoppedWords({ ...group, stopped: 'decided', cases: refused }),
    ]).toEqual([
      'decided after 20 launches',
      'stopped at the time limit after 1 launch',
      'stopped at the launch limit after 20 launches',
      null,
      'ended after 20 launches',
    ])
  })

  it('give the longest time that a comparison still needs', () => {
    const [first] = group.cases
    if (first === undefined) throw new Error('the group has cases')
    const needing = (minutes: number | null) => ({
      ...first,
      speedup: { ...first.speedup, verdict: 'undecided' as const, minutesToDecide: minutes },
    })
    expect([
      minutesToDecide(group),
      minutesToDecide({ cases: [needing(3), needing(11), needing(null)] }),
      minutesToDecide({ cases: [needing(null)] }),
      minutesToDecide({ cases: [first] }),
    ]).toEqual([expect.closeTo(3.5, 0), 11, 'unknown', null])
  })

  it('tell what every look said', () => {
    const entry = group.cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')
    expect(entry && looksWords(entry.speedup)).toMatch(
      /^after 5 launches .* faster; after 8 launches .* faster; after 12 launches .* faster; after 20 launches .* faster$/,
    )
  })
})

describe('the version of the protocol', () => {
  const old = completedRun().record
  const [oldGroup] = old.groups
  if (oldGroup === undefined) throw new Error('the run has groups')

  it('is 1 for a record that names none, whose words stay as they were', () => {
    expect([protocolWords(old), protocolWords(record)]).toEqual(['measured by protocol 1', 'measured by protocol 2'])
    expect(measuredWords(old, oldGroup)).toBe('measured by protocol 1')
    expect(measuredWords(record, group)).toBe('stopped at the time limit after 20 launches, measured by protocol 2')
    const words = oldGroup.cases.map((entry) => speedupWords(entry, oldGroup))
    expect(words).toContainEqual(expect.stringMatching(/^no difference shown: 0\.984 × is within ±2\.0 %$/))
  })

  it.each(['md', 'html', 'csv', 'json'] as const)('is in every report (%s)', (format) => {
    const text = (of: typeof record) => textFormats[format].render({ record: of, runFolder: '/runs/one' })
    const [ofOld, ofNew] = {
      md: ['protocol 1', 'protocol 2'],
      html: ['protocol 1', 'protocol 2'],
      csv: [',1,cpu', ',2,cpu'],
      json: ['"schemaVersion": 1', '"protocol": 2'],
    }[format] as [string, string]
    expect(text(old)).toContain(ofOld)
    expect(text(record)).toContain(ofNew)
    expect(text(old)).not.toContain('undecided')
  })
})
