// Does the app read what a plain loop reads? Both run the same file with the same library and threads, in processes of
// their own, a block each in turn, so that what the machine does meanwhile falls on both. The loop pauses after a block,
// since its threads would spin into the app's.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { it } from 'vitest'
import type { BackendWorker } from '../../electron/backends/backend-driver.ts'
import { warmupBlock } from '../../electron/runs/group/warm-up.ts'
import { forkNodeWorker, spawnPythonWorker, type WorkerChannel } from '../../electron/workers/channels.ts'
import { createWorkerRegistry, WorkerProcess } from '../../electron/workers/worker-process.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import { modelManifestSchema } from '../../shared/domain/model.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import { median } from '../../shared/statistics/descriptive.ts'
import { hodgesLehmann, signedRankInterval } from '../../shared/statistics/wilcoxon.ts'
import { printAbsence, printFigure } from './print-figure.ts'

const repository = join(import.meta.dirname, '../..')
const modelFolder = join(repository, 'models/digits')
const modelFile = join(modelFolder, 'fp32.onnx')
const [batchSize, threads, rounds, samples] = [64, 2, 40, 200]
const { signal } = new AbortController()

function digitsCase(backend: BackendId): WorkerCase {
  const file = join(modelFolder, 'test-inputs.npy')
  return {
    backend,
    precision: 'fp32',
    model: modelManifestSchema.parse(JSON.parse(readFileSync(join(modelFolder, 'model.json'), 'utf8'))),
    modelFolder,
    weights: { origin: 'own', folder: null, seed: 1 },
    onnxFile: modelFile,
    batchSize,
    input: { file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex'), shape: [360, 1, 8, 8] },
    device: 'cpu',
    threads,
    options: {},
  }
}

async function openCase(backend: BackendId, channel: WorkerChannel): Promise<BackendWorker> {
  const registry = createWorkerRegistry()
  const worker = await WorkerProcess.start(channel, { log: () => {}, registry }, signal)
  await worker.request('prepare', { case: digitsCase(backend) }, signal)
  return worker
}

function askPlainLoop(loop: ChildProcess): () => Promise<number> {
  const { stdin, stdout } = loop
  if (stdin === null || stdout === null) throw new Error('the plain loop has no pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return async () => {
    stdin.write(`${samples}\n`)
    const { done, value } = await lines.next()
    if (done) throw new Error('the plain loop ended')
    return Number(value)
  }
}

async function compare(name: string, worker: BackendWorker, loop: ChildProcess): Promise<void> {
  const plainMedianMs = askPlainLoop(loop)
  const rule = { targetMs: 1, minimumSamples: samples, capMs: 60_000, floorSamples: samples }
  const appMedianMs = async (): Promise<number> =>
    median((await worker.request('measure-block', rule, signal)).latenciesMs)
  const logRatios: number[] = []
  let lastPlainMs = 0
  for (let round = -2; round < rounds; round++) {
    const appFirst = round % 2 === 0
    const before = appFirst ? await appMedianMs() : 0
    lastPlainMs = await plainMedianMs()
    await pause(100)
    const appMs = appFirst ? before : await appMedianMs()
    if (round >= 0) logRatios.push(Math.log(appMs / lastPlainMs))
  }
  await worker.close()
  loop.kill()
  const interval = signedRankInterval(logRatios, 0.95)
  const bounds = interval === null ? '' : `${percent(interval.low)} to ${percent(interval.high)}`
  printFigure({
    name: `${name}: the app's median against a plain loop's`,
    value: Math.abs(Math.expm1(hodgesLehmann(logRatios))) * 100,
    unit: '%',
    target: 2,
    detail: `95 %: ${bounds}; ${rounds} rounds of ${samples} samples of about ${lastPlainMs.toFixed(2)} ms`,
  })
}

function percent(logRatio: number): string {
  return `${(Math.expm1(logRatio) * 100).toFixed(2)} %`
}

const openNodeCase = () =>
  openCase('onnxruntime-node', forkNodeWorker(join(repository, 'out/workers/onnxruntime-node-worker.cjs')))

it('agreement with a plain loop in Node', async () => {
  const worker = await openNodeCase()
  const words = [join(import.meta.dirname, 'plain-loop.cjs'), modelFile, String(batchSize), String(threads)]
  await compare('onnxruntime-node', worker, spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] }))
})

it('agreement with a plain loop in Python', async () => {
  const interpreter = process.env.ENGINEBENCH_TEST_PYTHON
  if (interpreter === undefined) return printAbsence('onnxruntime', 'no Python: run it as `npm run bench`')
  const worker = await openCase('onnxruntime', spawnPythonWorker(interpreter, join(repository, 'electron/python')))
  const words = [join(import.meta.dirname, 'plain_loop.py'), modelFile, String(batchSize), String(threads)]
  await compare('onnxruntime', worker, spawn(interpreter, words, { stdio: ['pipe', 'pipe', 'inherit'] }))
})

// The supervisor warms a worker up in blocks of 50 ms, with a message between two. If those gaps cooled anything down,
// samples of short blocks would be slower than samples of one long block of the same worker.
it('warming up in short blocks', async () => {
  const worker = await openNodeCase()
  const shortBlocks = async (): Promise<number> => {
    const latenciesMs: number[] = []
    while (latenciesMs.length < samples * 4) {
      latenciesMs.push(...(await worker.request('warmup', warmupBlock, signal)).latenciesMs)
    }
    return median(latenciesMs)
  }
  const longBlock = async (): Promise<number> => {
    const rule = { targetMs: 1, minimumSamples: samples * 4, capMs: 60_000, floorSamples: samples }
    return median((await worker.request('warmup', rule, signal)).latenciesMs)
  }
  const logRatios: number[] = []
  for (let round = -2; round < rounds; round++) {
    const shortFirst = round % 2 === 0
    const before = shortFirst ? await shortBlocks() : 0
    const longMs = await longBlock()
    const shortMs = shortFirst ? before : await shortBlocks()
    if (round >= 0) logRatios.push(Math.log(shortMs / longMs))
  }
  await worker.close()
  const interval = signedRankInterval(logRatios, 0.95)
  const bounds = interval === null ? '' : `${percent(interval.low)} to ${percent(interval.high)}`
  printFigure({
    name: "short warmup blocks: the median against one long block's",
    value: Math.abs(Math.expm1(hodgesLehmann(logRatios))) * 100,
    unit: '%',
    target: 2,
    detail: `95 %: ${bounds}; ${rounds} rounds`,
  })
})
