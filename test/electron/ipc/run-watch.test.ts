import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lookAtRuns, tellRecovered, watchRuns } from '../../../electron/ipc/run-watch.ts'
import type { RunStore } from '../../../electron/services.ts'
import { fakeHandlerContext } from '../../fakes/handler-context.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function watched(changed: RunStore['changed'], measuring: () => boolean = () => false) {
  return fakeHandlerContext({
    store: { changed },
    runs: { current: () => (measuring() ? { runId: 'run-a', events: [] } : null) },
  })
}

test('the window is told of the runs that an earlier process left behind, if there are any', async () => {
  const { context, send } = fakeHandlerContext({ store: { recover: async () => ['run-a', 'run-b'] } })
  await tellRecovered(context)
  expect(send.mock.calls).toEqual([['runs:changed', { runIds: ['run-a', 'run-b'] }]])
  const none = fakeHandlerContext({ store: { recover: async () => [] } })
  await tellRecovered(none.context)
  expect(none.send).not.toHaveBeenCalled()
})

test('a failure is logged and ends nothing', async () => {
  const bug = new Error('no such disk')
  const { context, logError } = fakeHandlerContext({
    store: { recover: () => Promise.reject(bug), changed: () => Promise.reject(bug) },
    runs: { current: () => null },
  })
  await tellRecovered(context)
  await lookAtRuns(context)
  expect(logError.mock.calls).toEqual([
    ['looking for interrupted runs failed', bug],
    ['looking for changed runs failed', bug],
  ])
})

test('changes are told while somebody can see the window and nothing is measured here', async () => {
  const changed = vi.fn<RunStore['changed']>(async () => ['run-a'])
  let [visible, measuring] = [true, false]
  const { context, send } = watched(changed, () => measuring)
  const end = watchRuns({ ...context, isVisible: () => visible })
  await vi.advanceTimersByTimeAsync(4_000)
  expect(changed).toHaveBeenCalledTimes(3)
  expect(send).toHaveBeenLastCalledWith('runs:changed', { runIds: ['run-a'] })
  visible = false
  await vi.advanceTimersByTimeAsync(10_000)
  visible = true
  measuring = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(changed).toHaveBeenCalledTimes(3)
  measuring = false
  end()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(changed).toHaveBeenCalledTimes(3)
})

test('a look that takes long is not joined by another, and nothing is told where nothing changed', async () => {
  let answer = (_ids: null) => {}
  const changed = vi.fn<RunStore['changed']>(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const { context, send } = watched(changed)
  const end = watchRuns({ ...context, isVisible: () => true })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(changed).toHaveBeenCalledTimes(1)
  answer(null)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(changed).toHaveBeenCalledTimes(2)
  expect(send).not.toHaveBeenCalled()
  end()
})
