// The first-run demonstration for real: the app's own services, shipped model, bundled worker, and no Python.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import { runRecordSchema } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { nodeServices } from '../fakes/node-services.ts'
import { caseOf } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const services = nodeServices(root)

function digits(precisions: readonly ('fp32' | 'fp16' | 'int8')[]): Plan {
  const candidates = precisions.map((precision) => ({ backend: 'onnxruntime-node' as const, precision, options: {} }))
  return { ...exampleRecord().plan, candidates, imageLimit: 4096, threads: 1, budget: { mostLaunches: 1 } }
}

async function workerPids(): Promise<readonly number[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').catch(() => '')
  const pids = children
    .trim()
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number)
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => commands[index]?.includes(services().paths.nodeWorkerFile) === true)
}

test('digits runs in three precisions with true test accuracy, and a speedup only where one can be claimed', async () => {
  const started = await services().runs.start(digits(['fp32', 'fp16', 'int8']), null, () => {})
  const record = await started.finished
  expect(runRecordSchema.parse(record)).toEqual(record)
  expect(record).toMatchObject({ state: 'completed', simulated: false, images: { found: 360, used: 360 } })
  expect(record.sampling?.preflight).toEqual({
    verdict: 'unknown',
    reason: 'The machine was not observed before this run.',
  })
  expect(record.fingerprint.software).toMatchObject({ onnxruntime: expect.any(String), node: expect.any(String) })
  for (const caseKey of ['onnxruntime-node-fp32', 'onnxruntime-node-fp16', 'onnxruntime-node-int8']) {
    const entry = caseOf(record, caseKey)
    expect(entry).toMatchObject({ state: 'completed', weights: 'own', threads: 1, parity: { verdict: 'pass' } })
    expect(entry.accuracy.value).toBeGreaterThan(0.95)
    expect(entry.memory.processPeakBytes.value).toBeGreaterThan(20_000_000)
    expect(entry.artifactSha256).toMatch(/^[0-9a-f]{64}$/)
  }
  expect(caseOf(record, 'onnxruntime-node-fp16').speedup).toMatchObject({ value: null, verdict: 'refused' })
  const folder = await services().store.folderOf(started.runId)
  const { blocks, tornLines } = await (await openRunFolder(folder)).samples('digits-b1', 'onnxruntime-node-fp32')
  expect([blocks.length, tornLines]).toEqual([12, 0])
  expect(await workerPids()).toEqual([])
}, 120_000)

test.runIf(process.platform === 'linux')(
  'fault-02: a killed worker fails its case alone, and cancelling then leaves no worker behind',
  async () => {
    let whenRound: (round: number) => void = () => {}
    const onEvent = (event: RunEvent) => {
      if (event.kind === 'round-completed') whenRound(event.round)
    }
    const started = await services().runs.start(digits(['fp32', 'int8']), null, onEvent)
    const reached = (wanted: number) =>
      new Promise<void>((resolve) => {
        whenRound = (round) => {
          if (round === wanted) resolve()
        }
      })
    await reached(1)
    const pids = await workerPids()
    expect(pids.length).toBe(2)
    process.kill(pids[1] ?? 0, 'SIGKILL')
    await reached(4)
    started.cancel()
    const record = await started.finished
    expect(record.state).toBe('cancelled')
    expect(caseOf(record, 'onnxruntime-node-int8')).toMatchObject({
      state: 'failed',
      error: { code: 'worker-crashed', stage: 'measure' },
    })
    expect(caseOf(record, 'onnxruntime-node-fp32')).toMatchObject({
      state: 'cancelled',
      badges: expect.arrayContaining(['partial']),
    })
    expect(await workerPids()).toEqual([])
  },
  120_000,
)

test('a sweep of digits measures batches and streams on the real engine, and leaves no worker', async () => {
  const { preset: _preset, ...plan } = digits(['fp32'])
  const started = await services().sweeps.start(
    { ...plan, batchSizes: [1, 64], streams: [2], pointMs: 500 },
    null,
    () => {},
  )
  const record = await started.finished
  expect(record).toMatchObject({ state: 'completed', simulated: false, weights: 'own', error: null })
  expect(record.points.map(({ batchSize, state }) => [batchSize, state])).toEqual([
    [1, 'measured'],
    [64, 'measured'],
  ])
  for (const { imagesPerSecond, latencyMs, memoryBytes } of record.points) {
    expect(imagesPerSecond.value).toBeGreaterThan(0)
    expect(latencyMs.value).toBeGreaterThan(0)
    expect(memoryBytes.value).toBeGreaterThan(40_000_000)
  }
  expect(await workerPids()).toEqual([])
}, 60_000)

test('without Python a model that takes images is refused before anything is written, with the remedy', async () => {
  const plan: Plan = { ...digits(['fp32']), model: 'clip-vit-b32' }
  const before = await services().store.list()
  await expect(services().runs.start(plan, null, () => {})).rejects.toMatchObject({
    record: { code: 'python-unavailable', stage: 'plan', remedy: expect.stringContaining('setup python') },
  })
  expect(await services().store.list()).toEqual(before)
}, 30_000)
