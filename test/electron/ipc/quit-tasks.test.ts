import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createQuitTasks, endBeforeQuit, type QuitTasks } from '../../../electron/ipc/quit-tasks.ts'

const limitMs = 15_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What `quit` does: asks whoever listens; true when nobody held it back. */
function fakeApp(tasks: QuitTasks) {
  let ask: (event: { preventDefault(): void }) => void = () => undefined
  const exit = vi.fn<(code: number) => void>()
  const hidden = vi.fn<() => void>()
  endBeforeQuit({ on: (_event, listener) => (ask = listener), exit }, tasks, limitMs, hidden)
  const quit = () => {
    let held = false
    ask({
      preventDefault: () => {
        held = true
      },
    })
    return !held
  }
  return { quit, exit, hidden }
}

describe('quitting', () => {
  it('waits until every task has ended', async () => {
    const tasks = createQuitTasks(vi.fn())
    let end: () => void = () => undefined
    tasks.add(() => new Promise((resolve) => (end = resolve)))
    const { quit, exit, hidden } = fakeApp(tasks)
    expect([quit(), quit()]).toEqual([false, false])
    await vi.advanceTimersByTimeAsync(1000)
    expect(exit).not.toHaveBeenCalled()
    end()
    await vi.advanceTimersByTimeAsync(0)
    expect([exit.mock.calls, hidden.mock.calls.length]).toEqual([[[0]], 1])
  })

  it('does not wait for a task that was taken off the list', async () => {
    const tasks = createQuitTasks(vi.fn())
    const forget = tasks.add(() => new Promise(() => undefined))
    forget()
    const { quit, exit } = fakeApp(tasks)
    quit()
    await vi.advanceTimersByTimeAsync(0)
    expect(exit).toHaveBeenCalledOnce()
  })

  it('goes on when a task fails, and logs it', async () => {
    const logError = vi.fn()
    const tasks = createQuitTasks(logError)
    const bug = new Error('a bug')
    tasks.add(() => Promise.reject(bug))
    const { quit, exit } = fakeApp(tasks)
    quit()
    await vi.advanceTimersByTimeAsync(0)
    expect(exit).toHaveBeenCalledOnce()
    expect(logError).toHaveBeenCalledWith('a task failed while quitting', bug)
  })

  it('does not wait for ever', async () => {
    const tasks = createQuitTasks(vi.fn())
    tasks.add(() => new Promise(() => undefined))
    const { quit, exit } = fakeApp(tasks)
    quit()
    await vi.advanceTimersByTimeAsync(limitMs - 1)
    expect(exit).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(exit).toHaveBeenCalledOnce()
  })
})
