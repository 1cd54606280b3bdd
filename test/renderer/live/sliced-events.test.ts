import { afterEach, expect, test, vi } from 'vitest'
import { createSlicedEvents } from '../../../renderer/live/sliced-events.ts'

afterEach(() => vi.useRealTimers())

const ended = (runId: string) => ({ kind: 'run-ended', runId, state: 'completed', message: null })

test('events keep their order and their run, and one that does not fit is dropped', () => {
  vi.useFakeTimers()
  const heard: unknown[] = []
  const accept = createSlicedEvents((runId, events) => heard.push([runId, events]))
  accept('a', [ended('a'), { kind: 'unheard-of' }])
  accept('b', [ended('b')])
  vi.runAllTimers()
  expect(heard).toEqual([
    ['a', [ended('a')]],
    ['b', [ended('b')]],
  ])
})

test('a long burst is checked over several turns', () => {
  vi.useFakeTimers()
  let clockMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    clockMs += 1
    return clockMs
  })
  const turns: number[] = []
  const accept = createSlicedEvents((_, events) => turns.push(events.length))
  accept(
    'a',
    Array.from({ length: 100 }, () => ended('a')),
  )
  vi.runAllTimers()
  expect(turns.reduce((sum, length) => sum + length, 0)).toBe(100)
  expect(Math.max(...turns)).toBeLessThanOrEqual(8)
  vi.restoreAllMocks()
})
