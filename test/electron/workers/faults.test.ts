// Worker faults of the fault matrix, committed for real by a process that speaks the real protocol.
import { mkdtemp, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { warmupBlock } from '../../../electron/runs/group/warm-up.ts'
import { createMemoryWatch } from '../../../electron/workers/errors.ts'
import { systemClock } from '../../../electron/workers/watchdog.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import {
  blockRule,
  type FakeWorker,
  type FaultScript,
  isRunning,
  startFakeWorker,
  unaborted,
} from '../../fakes/fake-worker.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let started: FakeWorker | null = null

afterEach(async () => {
  await started?.worker.close()
  started = null
})

async function start(script: FaultScript | null, options: Parameters<typeof startFakeWorker>[1] = {}) {
  started = await startFakeWorker(script, options)
  return started
}

async function outcomeOf(promise: Promise<unknown>) {
  try {
    await promise
    return 'answered'
  } catch (error) {
    return error instanceof BenchError ? error.record : error
  }
}

/** A worker whose second block goes wrong, after one that went well. */
async function faultWhileMeasuring(fault: string, seed = 1) {
  const fake = await start({ on: 'measure-block', fault, seed })
  const outcome = await outcomeOf(fake.worker.request('measure-block', blockRule, unaborted))
  await fake.worker.close()
  return { outcome, ...fake }
}

describe('a worker that', () => {
  it('works answers everything a case needs and leaves no process', async () => {
    const { worker, registry } = await start(null)
    expect((await worker.request('measure-block', blockRule, unaborted)).latenciesMs).toHaveLength(20)
    expect((await worker.request('measure-memory', { iterations: 1 }, unaborted)).processPeakBytes).toEqual({
      value: 1,
    })
    const { pid } = worker
    expect(registry.pids()).toEqual([pid])
    await worker.close()
    expect(registry.pids()).toEqual([])
    expect(isRunning(pid ?? 0)).toBe(false)
  })

  it('fault-02 holds more memory than its stage may is ended, and told by stage and limit', async () => {
    const watch = createMemoryWatch(() => null)
    const watchMemory = () => ({ ...watch, look: () => 2 ** 50 })
    const { worker, registry } = await start({ on: 'measure-block', fault: 'stuck' }, { watchMemory })
    expect(await outcomeOf(worker.request('measure-block', blockRule, unaborted))).toMatchObject({
      code: 'out-of-memory-host',
      stage: 'measure',
      message: expect.stringMatching(
        /^The worker held 1073741824 MiB of memory, more than the \d+ MiB that this stage may take, and was ended\.$/,
      ),
    })
    await worker.close()
    expect(registry.pids()).toEqual([])
  })

  it('fault-01 gets a segmentation fault mid-block is named with its signal', async () => {
    const { outcome } = await faultWhileMeasuring('segv')
    expect(outcome).toMatchObject({
      code: 'worker-crashed',
      stage: 'measure',
      message: 'The worker ended with SIGSEGV before it answered.',
    })
  })

  it('fault-02 is killed is not called out of memory without evidence', async () => {
    const { outcome } = await faultWhileMeasuring('killed')
    expect(outcome).toMatchObject({ code: 'worker-crashed', message: expect.stringContaining('SIGKILL') })
  })

  it('fault-05 hangs in a native call that holds the interpreter is ended', async () => {
    const tenfold = {
      now: () => systemClock.now() * 10,
      after: (ms: number, run: () => void) => systemClock.after(ms / 10, run),
    }
    const { worker } = await start({ on: 'measure-block', fault: 'hang-holding-the-lock' }, { clock: tenfold })
    const outcome = await outcomeOf(worker.request('measure-block', blockRule, unaborted))
    expect(outcome).toMatchObject({ code: 'worker-stalled', message: expect.stringContaining('no sign of life') })
    await worker.close()
    expect(isRunning(worker.pid ?? 0)).toBe(false)
  })

  it('fault-07 ignores a cancel is ended with its grandchild within the ladder', async () => {
    const { worker, lines } = await start({ on: 'measure-block', fault: 'grandchild' })
    const abort = new AbortController()
    const outcome = outcomeOf(worker.request('measure-block', blockRule, abort.signal))
    const grandchild = await vi.waitFor(() => {
      const pid = /^grandchild (\d+)$/.exec(lines.find((line) => line.startsWith('grandchild')) ?? '')?.[1]
      if (pid === undefined) throw new Error('not yet')
      return Number(pid)
    })
    expect(isRunning(grandchild)).toBe(true)
    const cancelledAt = performance.now()
    abort.abort('stopped by the user')
    expect(await outcome).toBe('stopped by the user')
    await worker.close()
    expect(performance.now() - cancelledAt).toBeLessThan(8000)
    expect(isRunning(worker.pid ?? 0)).toBe(false)
    await vi.waitFor(() => expect(isRunning(grandchild)).toBe(false))
  })

  it.each(['garbage', 'oversized', 'twice', 'other-id'])('fault-11 sends %s is ended as a violation', async (fault) => {
    const { outcome, worker } = await faultWhileMeasuring(fault)
    if (fault === 'twice') {
      expect(outcome).toBe('answered')
      expect(await outcomeOf(worker.request('measure-block', blockRule, unaborted))).not.toBe('answered')
    } else expect(outcome).toMatchObject({ code: 'protocol-violation', stage: 'measure' })
    expect(isRunning(worker.pid ?? 0)).toBe(false)
  })

  it('fault-11 dies in the middle of a message has crashed, and the log says that a message was cut off', async () => {
    const { outcome, lines } = await faultWhileMeasuring('partial')
    expect(outcome).toMatchObject({ code: 'worker-crashed', message: expect.stringContaining('exit code 1') })
    expect(lines).toContain('[a message of 15 bytes was cut off]')
  })

  it('fault-11 prints noise is not disturbed by it', async () => {
    const { outcome, lines } = await faultWhileMeasuring('noise')
    expect(outcome).toBe('answered')
    expect(lines).toContain('noise {"message":"failed"}')
    expect(lines).toContain('[a line over 65536 bytes was left out]')
  })

  it.each([1, 2, 3])(
    'fault-11 sends ten thousand spoilt frames (seed %i) is ended and takes nothing down',
    async (seed) => {
      const { outcome, worker } = await faultWhileMeasuring('fuzz', seed)
      expect(outcome).toMatchObject({ code: 'protocol-violation' })
      expect(isRunning(worker.pid ?? 0)).toBe(false)
    },
  )

  it.each(['nan', 'infinite', 'negative', 'backwards', 'too-few', 'too-much-time'])(
    'fault-12 sends samples that are %s is not believed and ended',
    async (fault) => {
      const { outcome, worker } = await faultWhileMeasuring(fault)
      expect(outcome).toMatchObject({ code: 'invalid-samples', stage: 'measure' })
      expect(isRunning(worker.pid ?? 0)).toBe(false)
    },
  )

  it('fault-34 lies at a path with spaces, quotes, a substitution and other letters starts all the same', async () => {
    const folder = await mkdtemp(join(root, 'case-'))
    const odd = join(folder, `-a b'c"d;$(touch canary) é 日本 🧪`)
    await symlink(join(import.meta.dirname, '../../fakes'), odd)
    const { worker } = await start(null, { folder: odd })
    const warmed = await worker.request('warmup', warmupBlock, unaborted)
    expect(warmed.latenciesMs).toHaveLength(20)
    expect((await readdir(folder)).length).toBe(1)
  })

  it('does not exist is a plain refusal', async () => {
    const outcome = await outcomeOf(start(null, { program: '/nowhere/python' }))
    expect(outcome).toMatchObject({
      code: 'worker-crashed',
      stage: 'spawn',
      message: 'The worker process could not be started.',
    })
  })
})
