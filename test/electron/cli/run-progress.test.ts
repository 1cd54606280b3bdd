import { expect, test } from 'vitest'
import { eventWriter } from '../../../electron/cli/run-progress.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'

const started: RunEvent = {
  ...{ kind: 'run-started', runId: 'r', modelName: 'Digits', simulated: false, estimatedMs: null },
  groups: [{ groupKey: 'digits-b1', batchSize: 1, launches: 5, rounds: 12, baseline: 'a', cases: [] }],
}
const round = (launch: number, index: number): RunEvent => ({
  ...{ kind: 'round-completed', groupKey: 'digits-b1', launch, round: index, remainingMs: null },
  interim: { a: { p50Ms: { value: 2, interval: null }, speedup: { value: 1, interval: null }, sampleCount: 9 } },
})

test('each round is told by its launch and its place there, and one that was added says so', () => {
  const notes: string[] = []
  const write = eventWriter('text', {
    ...{ resultIsTerminal: false, noteIsTerminal: false, result: () => {}, status: () => {} },
    note: (text: string) => void notes.push(text),
  })
  for (const event of [started, round(1, 0), round(4, 12)]) write(event)
  expect(notes).toEqual([
    'r: Digits',
    'digits-b1 launch 2 of 5, round 1 of 12 · a 2.00 ms',
    'digits-b1 launch 5 of 5, round 13, added to 12 · a 2.00 ms',
  ])
})
