import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLiveTracks } from '../../../renderer/live/live-tracks.ts'
import { runProgressed, useRunLive } from '../../../renderer/state/run-live.ts'

beforeEach(() => {
  vi.useFakeTimers()
  useRunLive.setState({ run: null, tracks: createLiveTracks() })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const ended = (runId: string) => ({ kind: 'run-ended', runId, state: 'completed', message: null })
const machineSample = (atMs: number) => ({
  kind: 'machine-sample',
  atMs,
  cpuLoadPercent: 50,
  cpuClockMhz: null,
  memoryUsedBytes: null,
})

test('events keep their order and their run, and one that does not fit the contract is dropped', () => {
  const seen: unknown[] = []
  const stop = useRunLive.subscribe(({ run, tracks }) =>
    seen.push([run?.runId, tracks.machine.map(({ atMs }) => atMs), run?.ended?.state ?? null]),
  )
  runProgressed('a', [machineSample(1), { kind: 'unheard-of' }, machineSample(2), ended('a')])
  vi.runAllTimers()
  runProgressed('b', [machineSample(3)])
  vi.runAllTimers()
  stop()
  expect(seen).toEqual([
    ['a', [1, 2], 'completed'],
    ['b', [3], null],
  ])
})

test('events of two runs in one slice end with the later run alone', () => {
  runProgressed('a', [machineSample(1), ended('a')])
  runProgressed('b', [machineSample(2)])
  vi.runAllTimers()
  const { run, tracks } = useRunLive.getState()
  expect([run?.runId, run?.ended, tracks.machine.map(({ atMs }) => atMs)]).toEqual(['b', null, [2]])
})

test('a long burst is checked and applied over several slices, each a few ms long', () => {
  let clockMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    clockMs += 1
    return clockMs
  })
  const counts: number[] = []
  const stop = useRunLive.subscribe(({ tracks }) => counts.push(tracks.machine.length))
  runProgressed(
    'a',
    Array.from({ length: 100 }, (_, index) => machineSample(index)),
  )
  vi.runAllTimers()
  stop()
  const slices = counts.map((count, index) => count - (counts[index - 1] ?? 0))
  expect(counts.at(-1)).toBe(100)
  expect(Math.max(...slices)).toBeLessThanOrEqual(8)
})
