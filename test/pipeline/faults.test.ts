import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSimulatedDriver } from '../../electron/backends/simulated-driver.ts'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { createRunWriter } from '../../electron/store/run-writer.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { runRecordSchema } from '../../shared/domain/run.ts'
import { caseOf, diskFull, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const crashing = { fault: { stage: 'measure', afterBlocks: 5 } }

test('fault-01: a worker that crashes mid-run fails its own case; its samples are kept and left out, others go on', async () => {
  const { record, folder } = await (await runBench(root)).run(simulatedPlan([{}, crashing, {}]))
  expect(record.state).toBe('completed')
  const crashed = caseOf(record, 'simulated-fp32.2')
  expect(crashed).toMatchObject({ state: 'failed', error: { code: 'worker-crashed', stage: 'measure' } })
  expect(crashed.badges).toContain('partial')
  expect(crashed.speedup.verdict).toBe('refused')
  expect(caseOf(record, 'simulated-fp32.3')).toMatchObject({
    state: 'completed',
    speedup: { verdict: 'undecided' },
  })
  const samples = await (await openRunFolder(folder)).samples('tiny-b1', 'simulated-fp32.2')
  expect(samples.blocks.length).toBe(5)
})

test('without its baseline every speedup is refused, with that as the reason', async () => {
  const { record } = await (await runBench(root)).run(simulatedPlan([crashing, { medianMs: 5 }]))
  expect(caseOf(record, 'simulated-fp32').state).toBe('failed')
  const { state, speedup } = caseOf(record, 'simulated-fp32.2')
  expect(state).toBe('completed')
  expect(speedup).toMatchObject({ value: null, verdict: 'refused', reason: expect.stringMatching(/baseline/i) })
})

test.each(['prepare', 'memory', 'warmup', 'parity'])('a failure at %s is the case’s own', async (stage) => {
  const { record } = await (await runBench(root)).run(
    simulatedPlan([{}, { fault: { stage, code: 'inference-failed' } }]),
  )
  expect(caseOf(record, 'simulated-fp32.2')).toMatchObject({ state: 'failed', error: { code: 'inference-failed' } })
  expect(caseOf(record, 'simulated-fp32').state).toBe('completed')
})

test('a backend that crashed three times is not started again in this run', async () => {
  const faults = Array.from({ length: 4 }, () => ({ fault: { stage: 'prepare' } }))
  const { record } = await (await runBench(root)).run(simulatedPlan([...faults, {}]))
  expect(caseOf(record, 'simulated-fp32.5')).toMatchObject({
    state: 'failed',
    error: { code: 'worker-crashed', stage: 'spawn', message: expect.stringContaining('3 times') },
  })
})

test('a backend that cannot run here is skipped with its reason and remedy; the others go on', async () => {
  const { record } = await (await runBench(root)).run({
    ...simulatedPlan([{}]),
    candidates: [
      { backend: 'simulated', precision: 'fp32', options: {} },
      { backend: 'torch-eager', precision: 'fp32', options: {} },
    ],
  })
  expect(record.state).toBe('completed')
  expect(caseOf(record, 'torch-eager-fp32')).toMatchObject({
    state: 'skipped',
    error: { code: 'backend-unavailable' },
    reason: 'torch-eager is not part of this version of Enginebench. Choose another backend.',
  })
})

test('every worker that was opened is closed, whatever happens', async () => {
  const simulated = createSimulatedDriver()
  let open = 0
  const counting = {
    ...simulated,
    open: async (log: (line: string) => void, signal: AbortSignal) => {
      const worker = await simulated.open(log, signal)
      open += 1
      let closed = false
      const close = worker.close.bind(worker)
      worker.close = async () => {
        if (!closed) open -= 1
        closed = true
        await close()
      }
      return worker
    },
  }
  const bench = await runBench(root, {
    drivers: new Map([['simulated', counting]]),
    nowNs: () => Number(process.hrtime.bigint()),
  })
  await bench.run(simulatedPlan([{}, crashing, { fault: { stage: 'warmup' } }]))
  expect(open).toBe(0)
  let cancelled = false
  await bench.run(simulatedPlan([{}, {}]), (event, cancel) => {
    if (event.kind === 'round-completed' && !cancelled) {
      cancelled = true
      cancel()
    }
  })
  expect(cancelled).toBe(true)
  expect(open).toBe(0)
})

test('fault-13: a disk that fills up ends the run cleanly; what was written stays whole', async () => {
  let left = 7
  const bench = await runBench(root, {
    createRunWriter: async (folder) => {
      const writer = await createRunWriter(folder)
      const append = writer.appendBlock.bind(writer)
      writer.appendBlock = (groupKey, caseKey, block) => {
        left -= 1
        return left < 0 ? Promise.reject(diskFull(folder)) : append(groupKey, caseKey, block)
      }
      return writer
    },
  })
  const { record, events, folder } = await bench.run(simulatedPlan([{}, {}]))
  expect(record).toMatchObject({ state: 'failed', error: { code: 'disk-full' } })
  expect(record.groups[0]?.cases.map((entry) => entry.state)).toEqual(['failed', 'failed'])
  expect(eventsOf(events, 'run-ended').length).toBe(1)
  const run = await openRunFolder(folder)
  expect(run.record).toEqual(record)
  const kept = await Promise.all(['simulated-fp32', 'simulated-fp32.2'].map((key) => run.samples('tiny-b1', key)))
  expect(kept.reduce((sum, samples) => sum + samples.blocks.length, 0)).toBe(7)
  expect(kept.map((samples) => samples.tornLines)).toEqual([0, 0])
  expect(await readdir(folder)).not.toContain('running.json')
})

test('fault-13: where even the record’s end cannot be written, the one before it stays and the end is still told', async () => {
  let writes = 0
  const bench = await runBench(root, {
    createRunWriter: async (folder) => {
      const writer = await createRunWriter(folder)
      const write = writer.writeRecord.bind(writer)
      writer.writeRecord = (record) => {
        writes += 1
        return writes > 2 ? Promise.reject(diskFull(folder)) : write(record)
      }
      return writer
    },
  })
  const { record, events, folder } = await bench.run(simulatedPlan([{}]))
  expect(record).toMatchObject({ state: 'failed', error: { code: 'disk-full' } })
  expect(eventsOf(events, 'run-ended').map((event) => event.state)).toEqual(['failed'])
  expect(runRecordSchema.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).state).toBe('running')
})

test('a plan that cannot start is refused before anything is written', async () => {
  const bench = await runBench(root)
  await expect(bench.service.start(simulatedPlan([{}], { batchSizes: [33] }), null, () => {})).rejects.toMatchObject({
    record: { code: 'batch-outside-profile' },
  })
  await expect(
    bench.service.start(simulatedPlan([{}], { imageFolder: join(root, 'nowhere') }), null, () => {}),
  ).rejects.toMatchObject({ record: { code: 'no-images' } })
  const occupied = join(bench.folder, 'occupied')
  await mkdir(occupied)
  await writeFile(join(occupied, 'mine'), '')
  await expect(bench.service.start(simulatedPlan([{}]), occupied, () => {})).rejects.toMatchObject({
    record: { code: 'folder-not-empty' },
  })
  expect(await readdir(bench.folder)).toEqual(['occupied'])
})

test('inputs that cannot be had fail the run with their own reason and remedy', async () => {
  const failure = new BenchError({ code: 'no-readable-images', stage: 'inputs', message: 'None.', remedy: 'Others.' })
  const simulated = createSimulatedDriver()
  const other = { ...simulated, id: 'onnxruntime-node' as const }
  const available = { ...(await simulated.describe()), id: 'onnxruntime-node' as const }
  const bench = await runBench(root, {
    drivers: new Map([['onnxruntime-node' as const, { ...other, describe: async () => available }]]),
    inputs: () => Promise.reject(failure),
  })
  const { record } = await bench.run({
    ...simulatedPlan([]),
    candidates: [{ backend: 'onnxruntime-node', precision: 'fp32', options: {} }],
  })
  expect(record).toMatchObject({ state: 'failed', error: failure.record })
  expect(record.groups[0]?.cases[0]).toMatchObject({ state: 'failed', error: failure.record })
})
