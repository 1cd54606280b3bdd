import { expect, test } from 'vitest'
import { conversionWriter } from '../../../electron/cli/conversion.ts'
import type { ConversionEvent } from '../../../shared/domain/conversion.ts'

const progressed = (text: string): ConversionEvent => ({
  kind: 'step-progressed',
  conversionId: 'c1',
  step: 'engine',
  fraction: 0.5,
  text,
  phases: [
    { name: 'Building Engine', depth: 0, done: 2, total: 4 },
    { name: 'Timing', depth: 1, done: 7, total: null },
  ],
  elapsedMs: 1500,
})

function shown(kind: 'text' | 'jsonl' | 'none', noteIsTerminal: boolean, events: readonly ConversionEvent[]): string[] {
  const lines: string[] = []
  const write = conversionWriter(kind, {
    result: () => undefined,
    note: (text) => lines.push(text),
    status: (text) => lines.push(`live ${text}`),
    resultIsTerminal: false,
    noteIsTerminal,
  })
  for (const event of events) write(event)
  return lines
}

test('on a terminal the running step is one live line with the builder’s phases nested', () => {
  expect(shown('text', true, [progressed('building')])).toEqual([
    'live engine: building · 50 % · 1.50 s › Building Engine 2/4 › Timing 7',
  ])
})

test('in a pipe a rising count is shown once', () => {
  const events = ['image 1 of 9', 'image 2 of 9', 'quantizing'].map(progressed)
  expect(shown('text', false, events)).toEqual(['engine: image 1 of 9', 'engine: quantizing'])
})

test('of the log only warnings and errors are shown, folded lines with their count', () => {
  const entries = [
    { level: 'info', text: 'fine', count: 1 },
    { level: 'warning', text: 'weights are subnormal', count: 12 },
  ] as const
  expect(shown('text', false, [{ kind: 'logged', conversionId: 'c1', step: 'engine', entries: [...entries] }])).toEqual(
    ['engine: warning: weights are subnormal (12 times)'],
  )
})

test('machines get every event as a line, or none', () => {
  const event = progressed('building')
  expect(shown('jsonl', false, [event])).toEqual([JSON.stringify(event)])
  expect(shown('none', false, [event])).toEqual([])
})
