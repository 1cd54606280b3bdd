// Passes beside the rounds, on simulated cases: what is asked is measured or says why not, and is kept as it comes.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type BackendDriver,
  type BackendWorker,
  type RequestHandlers,
  workerAnswering,
} from '../../electron/backends/backend-driver.ts'
import { createSimulatedDriver, SimulatedClock } from '../../electron/backends/simulated-driver.ts'
import { createRunWriter } from '../../electron/store/run-writer.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { runRecordSchema } from '../../shared/domain/run.ts'
import type { Passes } from '../../shared/passes/index.ts'
import { caseOf, diskFull, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const every: Passes = {
  coldStart: { launches: 5 },
  energy: { blockMs: 10_000 },
  timeSplit: { queries: 50 },
  layers: { queries: 20 },
  offline: { images: 1000 },
  server: { latencyBoundMs: 50, percentile: 90, ratePerSecond: null, durationMs: 10_000 },
  limits: true,
}

test('a plan with every pass gives a whole record, on disk as in memory', async () => {
  const { record, folder } = await (await runBench(root)).run(
    simulatedPlan([{ medianMs: 10 }, { medianMs: 5 }], { batchSizes: [1, 4], passes: every }),
  )
  expect(runRecordSchema.parse(record)).toEqual(record)
  expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toEqual(record)
  expect(record.state).toBe('completed')
  const { coldStart, energy, energyJoulesPerImage, timeSplit, layerTimes, offline, server, limits } = caseOf(
    record,
    'simulated-fp32',
    1,
  )
  expect(coldStart).toMatchObject({
    launches: Array(5).fill({ spawnMs: 0, importMs: 20, contextMs: null, loadMs: 50 }),
    caches: ['simulated: there are none'],
  })
  if (coldStart === undefined || 'notMeasured' in coldStart) throw new Error('no cold start')
  expect(coldStart.toFirstAnswerMs.value).toBeCloseTo(170, -1)
  expect([energy, limits]).toEqual([
    { notMeasured: "Only the energy counter of a GPU's board is read." },
    { notMeasured: expect.stringContaining('simulated') },
  ])
  expect(energyJoulesPerImage).toEqual({ value: null, reason: "Only the energy counter of a GPU's board is read." })
  expect([timeSplit, layerTimes]).toMatchObject([
    { queries: 50, method: 'simulated' },
    { queries: 20, method: 'simulated' },
  ])
  expect(offline).toMatchObject({ images: 1000, wallMs: 2500, imagesPerSecond: 400 })
  if (server === undefined || 'notMeasured' in server) throw new Error('nothing was served')
  expect(server.trials.length).toBe(8)
  expect(server.highestRatePerSecond.value).toBe(
    Math.max(...server.trials.filter(({ keepsBound }) => keepsBound).map(({ ratePerSecond }) => ratePerSecond)),
  )
  expect(server.highestRatePerSecond.value).toBeGreaterThan(60)
  expect(server.highestRatePerSecond.value).toBeLessThan(100)
}, 20_000)

test('a plan without passes has none of their fields', async () => {
  const { record } = await (await runBench(root)).run(simulatedPlan([{}]))
  for (const field of ['coldStart', 'energy', 'timeSplit', 'layerTimes', 'offline', 'server', 'limits']) {
    expect(caseOf(record, 'simulated-fp32')).not.toHaveProperty(field)
  }
})

test('limits take the time split along, and a failed case says that nothing was measured of it', async () => {
  const crashing = { fault: { stage: 'measure', afterBlocks: 5 } }
  const plan = simulatedPlan([{}, crashing], { passes: { limits: true } })
  const { record } = await (await runBench(root)).run(plan)
  expect(caseOf(record, 'simulated-fp32').timeSplit).toMatchObject({ queries: 50 })
  const { timeSplit, limits } = caseOf(record, 'simulated-fp32.2')
  expect([timeSplit, limits]).toEqual(Array(2).fill({ notMeasured: 'The case did not complete.' }))
})

/** Simulated workers that answer some requests in another way; counts those left open. */
function changedDriver(clock: SimulatedClock, change: (worker: BackendWorker) => RequestHandlers) {
  const simulated = createSimulatedDriver(clock)
  let open = 0
  const driver: BackendDriver = {
    ...simulated,
    open: async (log, signal) => {
      const worker = await simulated.open(log, signal)
      open += 1
      let isOpen = true
      const handlers = change(worker)
      const changed = workerAnswering(handlers)
      return {
        pid: null,
        request: (name, ...rest) => (name in handlers ? changed : worker).request(name, ...rest),
        close: async () => {
          if (isOpen) open -= 1
          isOpen = false
          await worker.close()
        },
      }
    },
  }
  return { driver, open: () => open }
}

async function benchWith(change: (worker: BackendWorker) => RequestHandlers) {
  const clock = new SimulatedClock()
  const { driver, open } = changedDriver(clock, change)
  return { ...(await runBench(root, { drivers: new Map([['simulated', driver]]), nowNs: () => clock.nowNs() })), open }
}

test('fault-02: a worker that crashes in a pass costs that pass alone, with its sentence', async () => {
  const crash = new BenchError({ code: 'worker-crashed', stage: 'layers', message: 'It died.', remedy: 'Look.' })
  const bench = await benchWith(() => ({ 'profile-layers': () => Promise.reject(crash) }))
  const { record } = await bench.run(
    simulatedPlan([{}], { passes: { layers: { queries: 5 }, offline: { images: 10 } } }),
  )
  expect(caseOf(record, 'simulated-fp32')).toMatchObject({
    state: 'completed',
    layerTimes: { notMeasured: 'It died.' },
    offline: { images: 10 },
  })
  expect([record.state, bench.open()]).toEqual(['completed', 0])
})

test.each(['cold-start', 'time-split', 'layers', 'measure', 'serve'] as const)(
  'a run cancelled at %s of a pass keeps what was measured before, and leaves no worker',
  async (stage) => {
    const bench = await benchWith(() => ({}))
    const passes: Passes = { ...every }
    delete passes.energy
    const { record, events } = await bench.run(simulatedPlan([{}], { passes }), (event, cancel) => {
      const isPass = event.kind === 'stage' && event.caseKey !== null && event.stage === stage
      if (isPass) cancel()
    })
    expect([record.state, bench.open()]).toEqual(['cancelled', 0])
    const entry = caseOf(record, 'simulated-fp32')
    expect(entry.state).toBe('completed')
    expect(entry.latencyMs.p50.value).toBeGreaterThan(0)
    const order = ['coldStart', 'timeSplit', 'layerTimes', 'offline', 'server', 'limits'] as const
    const reached = ['cold-start', 'time-split', 'layers', 'measure', 'serve'].indexOf(stage)
    expect(
      order.map((field) => JSON.stringify(entry[field])?.includes('The run ended before it was measured.')),
    ).toEqual(order.map((_, index) => index >= reached))
    expect(eventsOf(events, 'run-ended')).toHaveLength(1)
  },
)

test('each result is on disk before the next pass begins', async () => {
  const bench = await runBench(root)
  const seen: unknown[] = []
  let runId = ''
  await bench.run(simulatedPlan([{}], { passes: { offline: { images: 10 }, layers: { queries: 5 } } }), (event) => {
    if (event.kind === 'run-started') runId = event.runId
    if (event.kind !== 'stage' || !event.message.startsWith('Offline')) return
    seen.push(
      readFile(join(bench.runsFolder, runId, 'run.json'), 'utf8').then(
        (text) => runRecordSchema.parse(JSON.parse(text)).groups[0]?.cases[0]?.layerTimes,
      ),
    )
  })
  expect(await Promise.all(seen)).toMatchObject([{ method: 'simulated', queries: 5 }])
})

test('fault-13: a disk that fills while a pass is kept ends the run, and what was summarised before stays whole', async () => {
  const bench = await runBench(root, {
    createRunWriter: async (folder) => {
      const writer = await createRunWriter(folder)
      const write = writer.writeRecord.bind(writer)
      writer.writeRecord = (record) => {
        const layers = record.groups[0]?.cases[0]?.layerTimes
        const isFull = record.state === 'running' && layers !== undefined && !('notMeasured' in layers)
        return isFull ? Promise.reject(diskFull(folder)) : write(record)
      }
      return writer
    },
  })
  const passes = { layers: { queries: 5 }, offline: { images: 10 } }
  const { record, folder } = await bench.run(simulatedPlan([{}], { passes }))
  expect(record).toMatchObject({ state: 'failed', error: { code: 'disk-full' } })
  expect(caseOf(record, 'simulated-fp32')).toMatchObject({
    state: 'completed',
    layerTimes: { method: 'simulated' },
    offline: { notMeasured: 'The run ended before it was measured.' },
  })
  expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toEqual(record)
})
