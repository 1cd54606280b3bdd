// What a run makes of workers that really fail: each case here runs in a process of its own that speaks the protocol.
import { describe, expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { createMemoryWatch } from '../../electron/workers/errors.ts'
import { systemClock } from '../../electron/workers/watchdog.ts'
import { fakeBackend, faultPlan } from '../fakes/fake-backend.ts'
import { caseOf, runBench } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const failing = (groupCase: ReturnType<typeof caseOf>) => ({ state: groupCase.state, code: groupCase.error?.code })
const completed = { state: 'completed', code: undefined }

test('fault-01: a segmentation fault in the middle of a block ends its case; its blocks are kept and not summarised', async () => {
  const backend = fakeBackend()
  const bench = await runBench(root, backend.dependencies)
  const { record, folder } = await bench.run(faultPlan([null, { on: 'measure-block', fault: 'segv', after: 4 }, null]))
  const crashed = caseOf(record, 'torch-eager-fp32.2')
  expect(crashed).toMatchObject({
    state: 'failed',
    error: { code: 'worker-crashed', stage: 'measure', message: 'The worker ended with SIGSEGV before it answered.' },
    speedup: { verdict: 'refused', value: null },
  })
  expect(crashed.badges).toContain('partial')
  expect((await (await openRunFolder(folder)).samples('tiny-b1-cuda', 'torch-eager-fp32.2')).blocks).toHaveLength(4)
  expect([record.state, failing(caseOf(record, 'torch-eager-fp32.3'))]).toEqual(['completed', completed])
  expect(backend.running()).toEqual([])
})

describe('fault-02: a worker that is killed', () => {
  const killed = { on: 'measure-block', fault: 'killed-while-it-fills-memory', after: 1 }

  test('is told with the memory that it held, and not called out of memory where nothing shows it', async () => {
    const bench = await runBench(root, fakeBackend({ watchMemory: countingKills(0) }).dependencies)
    const { record } = await bench.run(faultPlan([null, killed]))
    expect(caseOf(record, 'torch-eager-fp32.2').error).toMatchObject({
      code: 'worker-crashed',
      message: expect.stringMatching(/SIGKILL\); it held [1-9]\d{2} MiB when last seen; nothing shows/),
    })
  })

  test('for memory is out of memory; its size is never tried again, a smaller one is', async () => {
    const backend = fakeBackend({ watchMemory: countingKills(1) })
    const bench = await runBench(root, backend.dependencies)
    const { record } = await bench.run(
      faultPlan([{ ...killed, on: 'measure-memory', after: 0, onBatch: 8 }], { batchSizes: [8, 4] }),
    )
    expect(caseOf(record, 'torch-eager-fp32', 0).error).toMatchObject({
      code: 'out-of-memory-host',
      stage: 'memory',
      message: expect.stringMatching(/it held [1-9]\d{2} MiB when last seen/),
      remedy: expect.stringContaining('smaller batch size'),
    })
    expect(failing(caseOf(record, 'torch-eager-fp32', 1))).toEqual(completed)
    expect(backend.prepared.filter(({ batchSize }) => batchSize === 8)).toHaveLength(1)
  })
})

test('fault-03: out of the GPU’s memory, a case ends with that as its reason, its worker goes, the next have their own', async () => {
  const backend = fakeBackend()
  const bench = await runBench(root, backend.dependencies)
  const { record } = await bench.run(
    faultPlan([{ on: 'measure-block', fault: 'out-of-memory-gpu', onBatch: 8 }, null], { batchSizes: [8, 4] }),
  )
  expect([0, 1].map((group) => failing(caseOf(record, 'torch-eager-fp32', group)))).toEqual([
    { state: 'failed', code: 'out-of-memory-gpu' },
    completed,
  ])
  expect([0, 1].map((group) => failing(caseOf(record, 'torch-eager-fp32.2', group)))).toEqual([completed, completed])
  expect(record.state).toBe('completed')
})

describe('fault-04: a worker whose GPU context was spoilt by a bad call', () => {
  test('is asked nothing more, and every case after it has a process of its own', async () => {
    const backend = fakeBackend()
    const bench = await runBench(root, backend.dependencies)
    const { record } = await bench.run(
      faultPlan([{ on: 'measure-memory', fault: 'gpu-faulted' }, null], { batchSizes: [1, 2] }),
    )
    expect(failing(caseOf(record, 'torch-eager-fp32'))).toEqual({ state: 'failed', code: 'gpu-faulted' })
    expect([0, 1].map((group) => failing(caseOf(record, 'torch-eager-fp32.2', group)))).toEqual([completed, completed])
    expect(new Set(backend.prepared.map(({ pid }) => pid)).size).toBe(backend.prepared.length)
    expect(backend.running()).toEqual([])
  })

  test.each(['gpu-faulted', 'out-of-memory-gpu'])(
    '(%s in its warm-up) is gone before anything is timed',
    async (fault) => {
      const backend = fakeBackend()
      const bench = await runBench(root, backend.dependencies)
      const besides: number[] = []
      await bench.run(faultPlan([{ on: 'warmup', fault }, null]), (event) => {
        if (event.kind === 'round-completed' && event.round === 0) besides.push(backend.running().length)
      })
      expect(besides).toEqual([1])
    },
  )
})

test('fault-05: a worker that hangs with the interpreter’s lock held is ended within 5 s of its deadline; others go on', async () => {
  // Seven times as fast: 5 s of silence are allowed to one that measures.
  const start = systemClock.now()
  const quick = {
    now: () => start + (systemClock.now() - start) * 7,
    after: (ms: number, run: () => void) => systemClock.after(ms / 7, run),
  }
  const backend = fakeBackend({ clock: quick })
  const bench = await runBench(root, backend.dependencies)
  let hungAt = 0
  let endedAt = 0
  const { record } = await bench.run(
    faultPlan([{ on: 'measure-block', fault: 'hang-holding-the-lock', after: 2 }, null]),
    (event) => {
      if (event.kind === 'block' && event.caseKey === 'torch-eager-fp32' && event.block.block === 1)
        hungAt = quick.now()
      if (event.kind === 'case-changed' && event.state === 'failed') endedAt = quick.now()
    },
  )
  expect(caseOf(record, 'torch-eager-fp32').error).toMatchObject({
    code: 'worker-stalled',
    message: expect.stringContaining('no sign of life'),
  })
  expect(endedAt - hungAt).toBeLessThan(5000 + 5000)
  expect(failing(caseOf(record, 'torch-eager-fp32.2'))).toEqual(completed)
  expect(backend.running()).toEqual([])
})

/** Reads the memory of the process itself; what the system's counters say is given. */
function countingKills(memoryKills: number): typeof createMemoryWatch {
  return (pidOf) => {
    const watch = createMemoryWatch(pidOf)
    return { ...watch, evidence: () => ({ ...watch.evidence(), memoryKills, smallestFreeShare: 0.5 }) }
  }
}
