import { afterEach, expect, test } from 'vitest'
import { conversionEnded, stepProgressed, useConversionProgress } from '../../../renderer/state/conversions.ts'

afterEach(() => useConversionProgress.setState(useConversionProgress.getInitialState(), true))

const progress = (conversionId: string, done: number) => ({
  kind: 'step-progressed' as const,
  conversionId,
  step: 'engine' as const,
  fraction: done / 100,
  text: 'building',
  phases: [{ name: 'Tactics', depth: 0, done, total: 100 }],
  elapsedMs: done * 10,
})
const line = (conversionId: string, text: string) => ({
  kind: 'logged' as const,
  conversionId,
  step: 'engine' as const,
  entries: [{ level: 'info' as const, text, count: 1 }],
})

test('a message of many events changes the window once', () => {
  let changes = 0
  const end = useConversionProgress.subscribe(() => {
    changes += 1
  })
  stepProgressed([...Array.from({ length: 100 }, (_, done) => progress('a', done)), line('a', 'last line')])
  end()
  expect(changes).toBe(1)
  expect(useConversionProgress.getState().byId).toEqual({
    a: {
      step: 'engine',
      fraction: 0.99,
      text: 'building',
      phases: [{ name: 'Tactics', depth: 0, done: 99, total: 100 }],
      elapsedMs: 990,
      lastLine: 'last line',
    },
  })
})

test('progress of one conversion leaves what is known of another untouched', () => {
  stepProgressed([progress('a', 1), progress('b', 2)])
  const before = useConversionProgress.getState().byId.b
  stepProgressed([progress('a', 3)])
  expect(useConversionProgress.getState().byId.b).toBe(before)
})

test('what has ended is forgotten', () => {
  stepProgressed([progress('a', 1)])
  conversionEnded('a')
  expect(useConversionProgress.getState().byId).toEqual({})
})
