// Do two identical workers, started one after the other, take equally long? Each launch starts both anew, the other one
// first than in the launch before, and measures a block of each in turn. Prints two ratios: of the pair, in which the
// place of starting cancels out, and of the places. Processor time says whether the worker itself is slower or only got
// less of a busy machine. `ENGINEBENCH_BENCH_LAUNCHES` changes the 10 launches, `ENGINEBENCH_BENCH_MODELS` the models.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import { fileSha256 } from '../../electron/inputs/file-hash.ts'
import { writeFloat32 } from '../../electron/inputs/npy.ts'
import { spawnPythonWorker } from '../../electron/workers/channels.ts'
import { createWorkerRegistry, WorkerProcess } from '../../electron/workers/worker-process.ts'
import { type ModelManifest, modelManifestSchema, pictureSize } from '../../shared/domain/model.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import { mean, median, standardDeviation } from '../../shared/statistics/descriptive.ts'
import { printAbsence, printFigure } from './print-figure.ts'

const repository = join(import.meta.dirname, '../..')
const launches = Number(process.env.ENGINEBENCH_BENCH_LAUNCHES ?? 10)
const models = (process.env.ENGINEBENCH_BENCH_MODELS ?? 'clip-vit-b32,detr-resnet-50').split(',')
const [rounds, threads] = [4, 2]
const rule = { targetMs: 250, minimumSamples: 3, capMs: 2000, floorSamples: 2 }
const interpreter = process.env.ENGINEBENCH_TEST_PYTHON
const { signal } = new AbortController()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enginebench-identical-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it.each(models)('identical workers of %s', async (id) => {
  if (interpreter === undefined) return printAbsence(id, 'no Python: run it as `npm run bench`')
  const workerCase = await seededCase(interpreter, id)
  const [pair, places, processor]: [number[], number[], number[]] = [[], [], []]
  for (let launch = 0; launch < launches; launch++) {
    const workers = [await prepared(interpreter, workerCase), await prepared(interpreter, workerCase)] as const
    const [first, second] = await measure(workers)
    const [wall, used] = [logRatios(first.ms, second.ms), logRatios(first.processorMs, second.processorMs)]
    places.push(wall)
    processor.push(used)
    pair.push(launch % 2 === 0 ? wall : -wall)
    const pages = workers.map(({ pid }) => `${hugePageMegabytes(pid)} MB`).join(' and ')
    process.stdout.write(`\n  ${id}, launch ${launch + 1}: first against second ${percent(wall)}`)
    process.stdout.write(`, processor time ${percent(used)}; huge pages ${pages}`)
    for (const { worker } of workers) await worker.close()
  }
  const print = (name: string, ratios: readonly number[], target: number | null) =>
    printFigure({
      ...{ name: `${id}: ${name}`, value: Math.abs(Math.expm1(mean(ratios))) * 100, unit: '%', target },
      detail: `${percent(mean(ratios))}, standard error ${(standardError(ratios) * 100).toFixed(2)} %, ${launches} launches`,
    })
  print('two copies, started in turn', pair, 1)
  print('the first started against the second', places, null)
  print('the same, processor time', processor, null)
})

interface Started {
  readonly worker: WorkerProcess
  readonly pid: number
}

async function start(python: string): Promise<Started> {
  const channel = spawnPythonWorker(python, join(repository, 'electron/python'))
  const worker = await WorkerProcess.start(channel, { log: () => {}, registry: createWorkerRegistry() }, signal)
  return { worker, pid: channel.pid ?? 0 }
}

async function prepared(python: string, workerCase: WorkerCase): Promise<Started> {
  const started = await start(python)
  await started.worker.request('prepare', { case: workerCase }, signal)
  await started.worker.request('warmup', { ...rule, targetMs: 1000 }, signal)
  return started
}

async function measure(workers: readonly [Started, Started]) {
  const taken = workers.map(() => ({ ms: [] as number[], processorMs: [] as number[] }))
  for (let round = 0; round < rounds; round++) {
    for (const place of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const [started, into] = [workers[place], taken[place]]
      if (started === undefined || into === undefined) throw new Error('no such worker')
      const before = processorMs(started.pid)
      const { latenciesMs } = await started.worker.request('measure-block', rule, signal)
      into.processorMs.push((processorMs(started.pid) - before) / latenciesMs.length)
      into.ms.push(median(latenciesMs))
    }
  }
  const [first, second] = taken
  if (first === undefined || second === undefined) throw new Error('two workers were measured')
  return [first, second] as const
}

/** Seeded weights: the bench is about time. */
async function seededCase(python: string, id: string): Promise<WorkerCase> {
  const modelFolder = join(repository, 'models', id)
  const model: ModelManifest = modelManifestSchema.parse(
    JSON.parse(readFileSync(join(modelFolder, 'model.json'), 'utf8')),
  )
  const size = pictureSize(model)
  if (size === null) throw new Error(`${id} takes no picture`)
  const shape = [8, size.channels, size.height, size.width]
  const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) =>
    Math.sin(index),
  )
  const [file, onnxFile] = [join(folder, `${id}.npy`), join(folder, `${id}.onnx`)]
  await writeFloat32(file, shape, values)
  const weights = { origin: 'seeded', folder: null, seed: 1 } as const
  const exporter = await start(python)
  await exporter.worker.request(
    'export-onnx',
    {
      ...{ model, modelFolder, weights, opset: model.defaultOpset, inputFile: file, outFile: onnxFile },
      outputsFolder: join(folder, `${id}-outputs`),
    },
    signal,
  )
  await exporter.worker.close()
  const input = { file, sha256: await fileSha256(file), shape }
  return {
    ...{ backend: 'onnxruntime', precision: 'fp32', model, modelFolder, weights, onnxFile, batchSize: 1, input },
    ...{ device: 'cpu', threads, options: {} },
  }
}

/** Of all threads of a process. */
function processorMs(pid: number): number {
  const threadIds = readdirSync(`/proc/${pid}/task`)
  const spent = threadIds.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]))
  return spent.reduce((sum, each) => sum + each, 0) / 1e6
}

function hugePageMegabytes(pid: number): number {
  const found = /^AnonHugePages:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Math.round(Number(found?.[1] ?? 0) / 1024)
}

function logRatios(first: readonly number[], second: readonly number[]): number {
  return median(first.map((value, index) => Math.log(value / (second[index] ?? Number.NaN))))
}

function standardError(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length)
}

function percent(logRatio: number): string {
  const value = Math.expm1(logRatio) * 100
  return `${value < 0 ? '' : '+'}${value.toFixed(2)} %`
}
