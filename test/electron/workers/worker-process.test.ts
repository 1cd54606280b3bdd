import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWorkerRegistry, WorkerProcess } from '../../../electron/workers/worker-process.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { createFakeChannel, helloMessage } from '../../fakes/fake-channel.ts'
import { createManualClock } from '../../fakes/manual-clock.ts'

const rule = { targetMs: 250, minimumSamples: 20, capMs: 2000, floorSamples: 2 }
const samples = { startedAtNs: 1, endedAtNs: 3_000_000, latenciesMs: [1, 1] }
const block = { message: 'block', id: 1, ...samples }

async function startedWorker(obedient = true) {
  const channel = createFakeChannel(obedient)
  const clock = createManualClock()
  const registry = createWorkerRegistry()
  const starting = WorkerProcess.start(channel, { log: () => {}, registry, clock }, new AbortController().signal)
  channel.listener.message(helloMessage)
  return { channel, clock, registry, worker: await starting, abort: new AbortController() }
}

async function recordOf(promise: Promise<unknown>) {
  try {
    await promise
  } catch (error) {
    if (error instanceof BenchError) return { code: error.record.code, stage: error.record.stage }
    return error
  }
  return 'answered'
}

async function settle() {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

describe('a supervised worker', () => {
  it('is refused when it says no hello within a minute, and is killed', async () => {
    const channel = createFakeChannel()
    const clock = createManualClock()
    const registry = createWorkerRegistry()
    const starting = WorkerProcess.start(channel, { log: () => {}, registry, clock }, new AbortController().signal)
    const outcome = recordOf(starting)
    clock.advance(60_000)
    expect(await outcome).toEqual({ code: 'worker-stalled', stage: 'spawn' })
    expect(channel.signals).toContain('SIGKILL')
  })

  it.each([
    ['another version', { ...helloMessage, protocolVersion: 2 }],
    ['a heartbeat first', { message: 'heartbeat', progress: 0 }],
    ['something else', { hello: true }],
  ])('is refused when it greets with %s', async (_name, greeting) => {
    const channel = createFakeChannel()
    const registry = createWorkerRegistry()
    const clock = createManualClock()
    const starting = WorkerProcess.start(channel, { log: () => {}, registry, clock }, new AbortController().signal)
    const outcome = recordOf(starting)
    channel.listener.message(greeting)
    expect(await outcome).toEqual({ code: 'protocol-violation', stage: 'spawn' })
    expect(channel.signals).toContain('SIGKILL')
  })

  it('may say hello and its first heartbeat in one breath', async () => {
    const channel = createFakeChannel()
    const registry = createWorkerRegistry()
    const starting = WorkerProcess.start(channel, { log: () => {}, registry }, new AbortController().signal)
    channel.listener.message(helloMessage)
    channel.listener.message({ message: 'heartbeat', progress: 0 })
    expect((await starting).pid).toBeNull()
  })

  it('answers a command with its message', async () => {
    const { channel, worker, abort } = await startedWorker()
    const answer = worker.request('measure-block', rule, abort.signal)
    channel.listener.message(block)
    expect(await answer).toEqual(samples)
    expect(channel.sent).toEqual([{ command: 'measure-block', id: 1, ...rule }])
  })

  it('hands on progress and fails with what the worker says failed', async () => {
    const { channel, worker, abort } = await startedWorker()
    const told: unknown[] = []
    const error = { code: 'export-failed', stage: 'export', message: 'No.', remedy: 'Try opset 18.', cause: null }
    const answer = worker.request('measure-block', rule, abort.signal, (fraction, text) => told.push([fraction, text]))
    channel.listener.message({ message: 'progress', id: 1, fraction: 0.5, text: 'half' })
    channel.listener.message({ message: 'failed', id: 1, error })
    expect(await recordOf(answer)).toEqual({ code: 'export-failed', stage: 'export' })
    expect(told).toEqual([[0.5, 'half']])
  })

  it('is ended when it goes silent while it measures', async () => {
    const { channel, clock, worker, abort } = await startedWorker()
    const outcome = recordOf(worker.request('measure-block', rule, abort.signal))
    clock.advance(4000)
    channel.listener.message({ message: 'heartbeat', progress: 1 })
    clock.advance(4500)
    expect(channel.signals).toEqual([])
    clock.advance(1500)
    expect(await outcome).toEqual({ code: 'worker-stalled', stage: 'measure' })
    expect(channel.signals).toEqual(['SIGKILL'])
  })

  it('fault-06 is ended with a message of its own when it is alive but gets nowhere', async () => {
    const { channel, clock, worker, abort } = await startedWorker()
    const answer = worker.request('measure-block', rule, abort.signal)
    const outcome = answer.catch((error: unknown) => (error instanceof BenchError ? error.record.message : error))
    for (let second = 0; second < 125; second++) {
      channel.listener.message({ message: 'heartbeat', progress: 5 })
      clock.advance(1000)
    }
    expect(await outcome).toMatch(/^The worker is alive but made no progress for 12\d s and was ended\.$/)
    expect(channel.signals).toEqual(['SIGKILL'])
  })

  it('is not blamed for a silence in which this process itself did not run', async () => {
    const { channel, clock, worker, abort } = await startedWorker()
    const answer = worker.request('measure-block', rule, abort.signal)
    clock.leap(600_000)
    channel.listener.message(block)
    expect(await answer).toEqual(samples)
  })

  it.each([
    ['a message that nobody asked for', { message: 'cancelled', id: 9 }],
    ['an answer to another command', { ...block, id: 2 }],
    ['another command’s answer', { message: 'cancelled', id: 1 }],
    ['a second hello', helloMessage],
    ['a message of no known name', { message: 'surprise' }],
    ['an array', []],
    ['nothing', null],
  ])('is ended as a violation when it sends %s', async (_name, message) => {
    const { channel, worker, abort } = await startedWorker()
    const outcome = recordOf(worker.request('measure-block', rule, abort.signal))
    channel.listener.message(message)
    channel.exit()
    expect(await outcome).toEqual({ code: 'protocol-violation', stage: 'measure' })
  })

  it('is asked, told and then killed when a cancelled command does not stop', async () => {
    const { channel, clock, worker, abort } = await startedWorker(false)
    const outcome = recordOf(worker.request('measure-block', rule, abort.signal))
    abort.abort('stopped by the user')
    expect(channel.sent.at(-1)).toEqual({ command: 'cancel' })
    clock.advance(1999)
    expect(channel.signals).toEqual([])
    clock.advance(1)
    expect(channel.signals).toEqual(['SIGTERM'])
    clock.advance(2999)
    expect(channel.signals).toEqual(['SIGTERM'])
    clock.advance(1)
    expect(channel.signals).toContain('SIGKILL')
    expect(await outcome).toBe('stopped by the user')
  })

  it('that converts is asked and then killed within two seconds when it does not stop', async () => {
    const { channel, clock, worker, abort } = await startedWorker(false)
    const outcome = recordOf(
      worker.request('simplify-onnx', { inFile: '/in.onnx', outFile: '/out.onnx' }, abort.signal),
    )
    abort.abort('stopped by the user')
    expect(channel.sent.at(-1)).toEqual({ command: 'cancel' })
    clock.advance(999)
    expect(channel.signals).toEqual([])
    clock.advance(1)
    expect(channel.signals).toEqual(['SIGKILL'])
    expect(await outcome).toBe('stopped by the user')
  })

  it('can be used again after a cancelled command that stopped when asked', async () => {
    const { channel, clock, worker, abort } = await startedWorker()
    const cancelled = recordOf(worker.request('measure-block', rule, abort.signal))
    abort.abort('stopped')
    channel.listener.message({ message: 'cancelled', id: 1 })
    expect(await cancelled).toBe('stopped')
    const answer = worker.request('measure-block', rule, new AbortController().signal)
    clock.advance(4000)
    channel.listener.message({ ...block, id: 2 })
    expect(await answer).toEqual(samples)
    expect(channel.signals).toEqual([])
  })

  it('closes once however often it is asked, and leaves the registry', async () => {
    const { channel, worker } = await startedWorker()
    const closing = Promise.all([worker.close(), worker.close()])
    expect(channel.sent).toEqual([{ command: 'close' }])
    channel.exit({ code: 0, signal: null })
    await closing
    await worker.close()
    expect(channel.signals).toEqual([])
  })

  it('fault-08 ends in exactly one state whatever the order of cancel, answer, exit and time', async () => {
    const step = fc.constantFrom('cancel', 'answer', 'cancelled', 'exit', 'two seconds', 'three seconds', 'heartbeat')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, obedient) => {
        const { channel, clock, worker, abort } = await startedWorker(obedient)
        const outcomes: string[] = []
        const request = worker.request('measure-block', rule, abort.signal).then(
          () => outcomes.push('answered'),
          (error: unknown) => outcomes.push(error instanceof BenchError ? 'failed' : String(error)),
        )
        for (const name of steps) {
          if (name === 'cancel') abort.abort('cancelled')
          if (name === 'answer') channel.listener.message(block)
          if (name === 'cancelled') channel.listener.message({ message: 'cancelled', id: 1 })
          if (name === 'exit') channel.exit()
          if (name === 'heartbeat') channel.listener.message({ message: 'heartbeat', progress: 1 })
          if (name === 'two seconds') clock.advance(2000)
          if (name === 'three seconds') clock.advance(3000)
          await settle()
        }
        const wasCancelled = abort.signal.aborted && outcomes.length === 0
        channel.exit()
        await request
        await worker.close()
        expect(outcomes).toHaveLength(1)
        if (wasCancelled) expect(outcomes).toEqual(['cancelled'])
      }),
      { numRuns: 1000, seed: 8 },
    )
  })
})
