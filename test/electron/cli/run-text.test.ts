import { expect, test } from 'vitest'
import { eventWriter, runText, speedupText } from '../../../electron/cli/run-text.ts'
import { measured } from '../../../shared/domain/figure.ts'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import { exampleBlock, exampleRecord } from '../../fakes/example-record.ts'

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

const started: RunEvent = {
  ...{ kind: 'run-started', runId: 'r', modelName: 'Digits', simulated: false, estimatedMs: null },
  groups: [{ groupKey: 'digits-b1', batchSize: 1, launches: 5, rounds: 12, launchesDone: 0, baseline: 'a', cases: [] }],
}
const round = (launch: number, index: number): Extract<RunEvent, { kind: 'round-completed' }> => ({
  ...{ kind: 'round-completed', groupKey: 'digits-b1', launch, round: index, rounds: 12, remainingMs: null },
  interim: { a: { p50Ms: { value: 2, interval: null }, speedup: { value: 1, interval: null }, sampleCount: 9 } },
})

function told(kind: 'text' | 'jsonl', events: readonly RunEvent[]): readonly string[] {
  const notes: string[] = []
  const write = eventWriter(kind, {
    ...{ resultIsTerminal: false, noteIsTerminal: false, result: () => {}, status: () => {} },
    note: (text: string) => void notes.push(text),
  })
  for (const event of events) write(event)
  return notes
}

const untold: RunEvent = { ...round(0, 0), interim: {} }
const judged: RunEvent = {
  ...{ kind: 'parity-judged', groupKey: 'digits-b1', interim: {} },
  parities: {
    a: { verdict: 'pass', reason: 'reference', refusal: null },
    b: { verdict: 'pass', reason: 'cosine 0.9999', refusal: null },
    c: { verdict: 'fail', reason: 'cosine 0.6', decidedBy: 'cosine 0.6', refusal: 'parity failed: cosine 0.6' },
  },
}
const compared: RunEvent = {
  ...{ kind: 'launch-completed', groupKey: 'digits-b1', launch: 0, nextLook: 5, stopped: null },
  comparisons: { b: { value: 1.5, interval: { low: 1.4, high: 1.6 }, verdict: null } },
}

test('each round is told by its launch and its place there', () => {
  expect(told('text', [started, round(1, 0), round(4, 11)])).toEqual([
    'r: Digits',
    'digits-b1 launch 2 of at most 5, round 1 of 12 · a 2.00 ms',
    'digits-b1 launch 5 of at most 5, round 12 of 12 · a 2.00 ms',
  ])
})

test('before parity is judged no speed is told, and a refusal afterwards stands in place of a speedup', () => {
  expect(told('text', [started, untold, judged, compared])).toEqual([
    'r: Digits',
    'digits-b1 launch 1 of at most 5, round 1 of 12 · Parity is checked after the first launch.',
    'digits-b1 after 1 launch: b 1.50× [1.40, 1.60] · c refused: parity failed: cosine 0.6',
  ])
})

test('samples of the first launch are told as JSON lines once the parity of their case is judged', () => {
  const sampled = (groupKey: string, caseKey: string, launch: number): RunEvent => ({
    ...{ kind: 'block', groupKey, caseKey, block: exampleBlock({ launch }) },
  })
  const [failed, other, first, second] = [
    sampled('digits-b1', 'failed', 0),
    sampled('digits-b8', 'a', 0),
    sampled('digits-b1', 'b', 0),
    sampled('digits-b1', 'b', 1),
  ]
  expect(told('jsonl', [failed, other, first, untold, judged, compared, second])).toEqual(
    [untold, judged, first, compared, second].map((event) => JSON.stringify(event)),
  )
})
