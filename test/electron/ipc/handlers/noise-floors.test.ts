import { describe, expect, it, vi } from 'vitest'
import { noiseFloorHandlers } from '../../../../electron/ipc/handlers/noise-floors.ts'
import type { NoiseFloors } from '../../../../electron/noise-floors/noise-floors.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import type { NoiseFloor } from '../../../../shared/domain/noise-floor.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'

const request = { preset: 'quick', device: 'cpu', comparisons: 40 } as const
const floor: NoiseFloor = {
  value: 0.031,
  interval: { low: 0.02, high: 0.05, level: 0.86, method: 'order-statistic' },
  ...{ comparisons: 40, intervalsExcludingOne: 2, preset: 'quick', device: 'cpu' },
  ...{ subject: 'digits', machineHash: 'a'.repeat(64), measuredAt: '2026-11-24T08:00:00.000Z' },
}
const going = { done: 3, of: 40, remainingMs: 60_000, outcome: null, error: null }

function fixture() {
  const end = { resolve: (_floor: NoiseFloor) => {}, reject: (_reason: Error) => {} }
  const finished = new Promise<NoiseFloor>((resolve, reject) => Object.assign(end, { resolve, reject }))
  const measure: NoiseFloors['measure'] = (_request, onProgress) => {
    onProgress({ done: 3, of: 40, remainingMs: 60_000 })
    return { finished, cancel: () => end.reject(new Error('cancelled')) }
  }
  const bench = fakeHandlerContext({ noiseFloors: { measure, list: async () => [floor] } })
  const sent = () => bench.send.mock.calls.map(([, payload]) => payload)
  return { ...bench, end, sent, handlers: noiseFloorHandlers(bench.context) }
}

describe('measuring a noise floor from the window', () => {
  it('tells of its progress and of its end, and keeps the machine awake meanwhile', async () => {
    const { handlers, send, sent, end, release } = fixture()
    expect(await handlers['noise-floor:measure'](request)).toEqual({})
    expect(send.mock.calls).toEqual([['noise-floor:progressed', going]])
    expect(release).not.toHaveBeenCalled()
    end.resolve(floor)
    await vi.waitFor(() => expect(release).toHaveBeenCalled())
    expect(sent()).toEqual([going, { ...going, remainingMs: 0, outcome: 'done' }])
    expect(await handlers['noise-floor:list']({})).toEqual([floor])
  })

  it('ends as cancelled when it was, and may be begun again', async () => {
    const { handlers, sent, release } = fixture()
    await handlers['noise-floor:measure'](request)
    await expect(handlers['noise-floor:measure'](request)).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    expect(await handlers['noise-floor:cancel']({})).toEqual({})
    await vi.waitFor(() => expect(release).toHaveBeenCalled())
    expect(sent()).toEqual([going, { ...going, outcome: 'cancelled' }])
    expect(await handlers['noise-floor:measure'](request)).toEqual({})
  })

  it('ends with an expected failure in its words, and with a bug in none of its own', async () => {
    const failing = fixture()
    const failure = new BenchError({ code: 'disk-full', stage: 'store', message: 'No room.', remedy: 'Make some.' })
    await failing.handlers['noise-floor:measure'](request)
    failing.end.reject(failure)
    await vi.waitFor(() => expect(failing.release).toHaveBeenCalled())
    expect(failing.sent()).toEqual([going, { ...going, outcome: 'failed', error: failure.record }])

    const broken = fixture()
    const bug = new TypeError('undefined is not a function')
    await broken.handlers['noise-floor:measure'](request)
    broken.end.reject(bug)
    await vi.waitFor(() => expect(broken.release).toHaveBeenCalled())
    expect(broken.logError).toHaveBeenCalledWith('measuring the noise floor failed unexpectedly', bug)
    expect(broken.sent().at(-1)).toMatchObject({ outcome: 'failed', error: { code: 'unexpected' } })
  })

  it('is ended before the app is', async () => {
    const { handlers, context, sent } = fixture()
    await handlers['noise-floor:measure'](request)
    await context.quitTasks.finish(1000)
    expect(sent().at(-1)).toEqual({ ...going, outcome: 'cancelled' })
  })
})
