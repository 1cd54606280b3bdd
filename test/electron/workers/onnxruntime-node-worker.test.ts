// The bundled Node worker, run for real on models of a few bytes.
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BackendWorker } from '../../../electron/backends/backend-driver.ts'
import { createNodeWorkerStart, createOnnxruntimeNodeDriver } from '../../../electron/backends/registry.ts'
import { readFloat32, writeFloat32 } from '../../../electron/inputs/npy.ts'
import { createModelCatalog } from '../../../electron/models/model-catalog.ts'
import { createModelInspection } from '../../../electron/models/worker-inspection.ts'
import { forkNodeWorker } from '../../../electron/workers/channels.ts'
import { createWorkerRegistry } from '../../../electron/workers/worker-process.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import { buildNodeWorker } from '../../fakes/built-node-worker.ts'
import { blockRule, isRunning, unaborted } from '../../fakes/fake-worker.ts'
import { noModelSources } from '../../fakes/no-model-sources.ts'
import { modelBytes, nestedModelBytes } from '../../fakes/onnx-model.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const registry = createWorkerRegistry()
let workerFile: string
let folder: string
let worker: BackendWorker

beforeAll(async () => {
  workerFile = await buildNodeWorker()
}, 120_000)

const start = () => createNodeWorkerStart({ spawn: forkNodeWorker, nodeWorkerFile: workerFile, registry })
const driver = () => createOnnxruntimeNodeDriver(start(), () => {})
const catalog = () =>
  createModelCatalog({
    modelsFolder: join(root, 'no-models'),
    cacheFolder: join(folder, 'cache'),
    inspectModel: createModelInspection(start(), () => {}),
    sources: noModelSources,
  })

beforeEach(async () => {
  folder = await mkdtemp(join(root, `it's "$(x)" ü -`))
  return async () => {
    await worker?.close()
  }
})

async function tinyCase(changes: Partial<WorkerCase> = {}): Promise<WorkerCase> {
  await writeFile(join(folder, 'tiny.onnx'), modelBytes())
  const found = await catalog().find(join(folder, 'tiny.onnx'))
  const inputFile = join(folder, 'inputs.npy')
  const sha256 = await writeFloat32(
    inputFile,
    [3, 1, 2, 2],
    Float32Array.from({ length: 12 }, (_, index) => index),
  )
  return {
    backend: 'onnxruntime-node',
    precision: 'fp32',
    model: found.manifest,
    modelFolder: found.folder,
    weights: { origin: 'own', folder: null, seed: 1 },
    onnxFile: join(found.folder, 'model.onnx'),
    batchSize: 2,
    input: { file: inputFile, sha256, shape: [3, 1, 2, 2] },
    device: 'cpu',
    threads: 2,
    options: {},
    ...changes,
  }
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'answered',
    (error) => error.record?.code ?? error,
  )
}

describe('the Node worker', () => {
  it('describes itself', async () => {
    expect(await driver().describe()).toMatchObject({
      id: 'onnxruntime-node',
      runsIn: 'built-in',
      available: true,
      reason: null,
      version: expect.stringMatching(/^\d+\.\d+/),
      precisions: ['fp32', 'fp16', 'int8'],
      devices: ['cpu'],
    })
    expect(registry.pids()).toEqual([])
  })

  it('prepares, warms up, measures, and writes the right outputs of a model', async () => {
    worker = await driver().open(() => {}, unaborted)
    const prepared = await worker.request('prepare', { case: await tinyCase() }, unaborted)
    expect(prepared.precisionProof).toMatchObject({ holds: true, label: 'fp32', method: 'optimized graph' })
    expect(prepared.precisionProof.evidence).toContain('weights stored as fp32')
    expect(prepared.threads).toBe(2)

    const warmed = await worker.request('warmup', { ...blockRule, targetMs: 20 }, unaborted)
    const first = await worker.request('measure-block', { ...blockRule, targetMs: 20 }, unaborted)
    const second = await worker.request('measure-block', { ...blockRule, targetMs: 20 }, unaborted)
    expect(first.latenciesMs.length).toBeGreaterThanOrEqual(20)
    expect(first.startedAtNs).toBeGreaterThan(warmed.endedAtNs)
    expect(second.startedAtNs).toBeGreaterThan(first.endedAtNs)

    const { outputs } = await worker.request('write-outputs', { folder: join(folder, 'outputs') }, unaborted)
    const file = join(folder, 'outputs', 'logits.npy')
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    expect(outputs).toEqual([{ name: 'logits', file, sha256, shape: [3, 3] }])
    expect(Array.from((await readFloat32(file)).data)).toEqual([48, 54, 60, 136, 158, 180, 224, 262, 300])

    const memory = await worker.request('measure-memory', { iterations: 5 }, unaborted)
    expect(memory.processPeakBytes.value).toBeGreaterThan(20_000_000)
  })

  it.each([
    ['bad-model-file', { onnxFile: 'package.json' }],
    ['missing-artifact', { onnxFile: null }],
    ['unsupported-precision', { precision: 'bf16' }],
    ['backend-unavailable', { device: 'cuda' }],
    ['bad-usage', { options: { graphOptimisation: 'all' } }],
    ['input-mismatch', { input: { file: 'gone.npy', sha256: 'x', shape: [1, 1, 2, 2] } }],
  ] satisfies [string, Partial<WorkerCase>][])('refuses a case with %s', async (code, changes) => {
    worker = await driver().open(() => {}, unaborted)
    expect(await codeOf(worker.request('prepare', { case: await tinyCase(changes) }, unaborted))).toBe(code)
  })

  it('starts cold, each part timed, in a process that has loaded nothing', async () => {
    worker = await driver().open(() => {}, unaborted)
    const started = await worker.request('cold-start', { case: await tinyCase() }, unaborted)
    expect(started).toMatchObject({
      contextMs: null,
      caches: [expect.stringContaining('optimizes'), expect.any(String)],
    })
    for (const part of ['importMs', 'loadMs', 'firstQueryMs', 'secondQueryMs'] as const) {
      expect(started[part]).toBeGreaterThan(0)
    }
    expect(started.importMs).toBeGreaterThan(started.secondQueryMs)
  })

  it('sustains, serves at given times, splits the time of a query, and profiles its layers', async () => {
    worker = await driver().open(() => {}, unaborted)
    await worker.request('prepare', { case: await tinyCase() }, unaborted)
    const sustained = await worker.request('sustain', { durationMs: 30, minimumQueries: 5 }, unaborted)
    expect(sustained.endedAtNs - sustained.startedAtNs).toBeGreaterThanOrEqual(30e6)
    expect((await worker.request('sustain', { durationMs: 0, minimumQueries: 7 }, unaborted)).queries).toBe(7)

    const served = await worker.request('serve', { arrivalsMs: [0, 20, 20, 40] }, unaborted)
    expect(served.latenciesMs).toHaveLength(4)
    expect(served.endedAtNs - served.startedAtNs).toBeGreaterThanOrEqual(40e6)

    const split = await worker.request('split-time', { queries: 10 }, unaborted)
    expect(split.parts.map(({ part, included }) => [part, included])).toEqual([
      ['preprocess', false],
      ['host-to-device', true],
      ['compute', true],
      ['device-to-host', true],
      ['postprocess', false],
    ])
    expect(split.parts.filter(({ medianMs, reason }) => (medianMs === null) === (reason === null))).toEqual([])

    const profile = await worker.request('profile-layers', { queries: 20 }, unaborted)
    expect(profile.layers.map(({ operator }) => operator)).toContain('MatMul')
    expect([profile.otherLayers, profile.otherMs]).toEqual([0, 0])
  })

  it('stops waiting for an arrival when cancelled', async () => {
    worker = await driver().open(() => {}, unaborted)
    await worker.request('prepare', { case: await tinyCase() }, unaborted)
    const abort = new AbortController()
    const serving = codeOf(worker.request('serve', { arrivalsMs: [0, 60_000] }, abort.signal))
    abort.abort('enough')
    expect(await serving).toBe('enough')
    expect(
      (await worker.request('measure-block', { ...blockRule, targetMs: 5 }, unaborted)).latenciesMs.length,
    ).toBeGreaterThan(0)
  })

  it('stops a warm-up between two queries when cancelled, and goes on after it', async () => {
    worker = await driver().open(() => {}, unaborted)
    await worker.request('prepare', { case: await tinyCase() }, unaborted)
    const abort = new AbortController()
    const warming = codeOf(
      worker.request('warmup', { targetMs: 60_000, minimumSamples: 20, capMs: 60_000, floorSamples: 1 }, abort.signal),
    )
    abort.abort('enough')
    expect(await warming).toBe('enough')
    expect(
      (await worker.request('measure-block', { ...blockRule, targetMs: 5 }, unaborted)).latenciesMs.length,
    ).toBeGreaterThan(0)
  })

  it('fault-31 survives a model that is nested a million deep', async () => {
    await writeFile(join(folder, 'deep.onnx'), nestedModelBytes(1_000_000))
    expect(await codeOf(catalog().find(join(folder, 'deep.onnx')))).toBe('unsafe-model-file')
    expect(registry.pids()).toEqual([])
  })

  it('fault-09 ends within three seconds when its supervisor is killed', async () => {
    const parentFile = join(folder, 'parent.cjs')
    await writeFile(
      parentFile,
      `const child = require('node:child_process').fork(${JSON.stringify(workerFile)}, { detached: true })
       child.on('message', (message) => { if (message.message === 'hello') process.send(child.pid) })`,
    )
    const parent = fork(parentFile, { execArgv: [] })
    const pid = await new Promise<number>((resolve) => parent.once('message', (value) => resolve(Number(value))))
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 3000, interval: 20 })
  })
})
