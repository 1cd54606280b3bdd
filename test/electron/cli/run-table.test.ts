import { expect, test } from 'vitest'
import { runText, speedupText } from '../../../electron/cli/run-table.ts'
import { measured } from '../../../shared/domain/figure.ts'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const plain = { resultIsTerminal: false }

function firstCase(): CaseRecord {
  const found = exampleRecord().groups[0]?.cases[0]
  if (!found) throw new Error('the example has no case')
  return found
}

const speedup = {
  value: 1.5,
  interval: { low: 1.4, high: 1.6, level: 0.95, method: 'm' },
  baseline: 'other',
  verdict: 'faster',
  reason: 'r',
  heading: null,
} as const

test('a speedup comes with its interval and verdict, a refusal with its reason', () => {
  const record = firstCase()
  expect(speedupText({ ...record, speedup })).toBe('1.50× [1.40, 1.60] faster')
  expect(speedupText({ ...record, speedup: { ...speedup, heading: 'timing only, predictions not judged' } })).toBe(
    '1.50× [1.40, 1.60] faster (timing only, predictions not judged)',
  )
  expect(
    speedupText({ ...record, speedup: { ...speedup, value: null, verdict: 'refused', reason: 'too few rounds' } }),
  ).toBe('refused: too few rounds')
  expect(speedupText({ ...record, speedup: { ...speedup, baseline: record.caseKey } })).toBe('baseline')
})

test('a speedup with disturbed rounds has the one without them beside it', () => {
  const record = firstCase()
  const withoutFlagged = (value: number | null, roundsLeftOut: number) => ({
    ...record,
    speedup: { ...speedup, withoutFlagged: { value, interval: null, roundsLeftOut } },
  })
  expect(speedupText(withoutFlagged(1.45, 3))).toBe('1.50× [1.40, 1.60] faster, 1.45× without 3 disturbed rounds')
  expect(speedupText(withoutFlagged(null, 12))).toBe('1.50× [1.40, 1.60] faster, every round disturbed')
})

test('the table names the baseline and says memory is process memory; a simulated run says so', () => {
  const text = runText({ ...exampleRecord(), simulated: true }, plain)
  expect(text).toContain('SIMULATED')
  expect(text).toContain('process memory (RSS)')
  expect(text).toContain(`speedup against ${exampleRecord().groups[0]?.baseline}`)
})

test('accuracy has a column where it was measured, and none elsewhere', () => {
  const record = exampleRecord()
  const withAccuracy = {
    ...record,
    groups: record.groups.map((group) => ({
      ...group,
      cases: group.cases.map((one) => ({ ...one, state: 'completed' as const, accuracy: measured(0.9833) })),
    })),
  }
  expect(runText(withAccuracy, plain)).toContain('98.3 %')
})
