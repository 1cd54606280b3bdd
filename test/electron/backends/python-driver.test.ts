// The Python worker that ships, under the supervisor that ships, with the model that ships. Needs an environment with
// torch and onnxruntime, which `npm test` makes and names.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createPythonDescriptions,
  createPythonDriver,
  createPythonWorkerStart,
} from '../../../electron/backends/registry.ts'
import { fileSha256 } from '../../../electron/inputs/file-hash.ts'
import { createModelCatalog } from '../../../electron/models/model-catalog.ts'
import { createWorkerRegistry } from '../../../electron/workers/worker-process.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { blockRule, isRunning, unaborted } from '../../fakes/fake-worker.ts'
import { noModelSources } from '../../fakes/no-model-sources.ts'

const interpreter = process.env.ENGINEBENCH_TEST_PYTHON
const repository = join(import.meta.dirname, '../../..')
const registry = createWorkerRegistry()
const start = createPythonWorkerStart({
  interpreterFor: async () => interpreter ?? 'python3',
  pythonPackageFolder: join(repository, 'electron', 'python'),
  registry,
})
const descriptions = createPythonDescriptions(start, () => {})
const driverOf = (id: BackendId) => createPythonDriver(id, start, descriptions.describe)

async function digitsCase(backend: BackendId) {
  const modelsFolder = join(repository, 'models')
  const inspectModel = async () => Promise.reject(new Error('digits ships'))
  const models = createModelCatalog({ modelsFolder, cacheFolder: repository, inspectModel, sources: noModelSources })
  const { manifest, folder } = await models.find('digits')
  const file = join(folder, 'test-inputs.npy')
  return {
    backend,
    precision: 'fp32' as const,
    model: manifest,
    modelFolder: folder,
    weights: { origin: 'own' as const, folder: null, seed: 1 },
    onnxFile: join(folder, 'fp32.onnx'),
    batchSize: 2,
    input: { file, sha256: await fileSha256(file), shape: [360, 1, 8, 8] },
    device: 'cpu' as const,
    threads: 1,
    options: {},
  }
}

describe.skipIf(interpreter === undefined)('a Python backend', () => {
  it('describes itself through the one question to its environment', async () => {
    const status = await driverOf('onnxruntime').describe()
    expect(status).toMatchObject({ id: 'onnxruntime', runsIn: 'python', available: true, reason: null })
    expect(registry.pids()).toEqual([])
  })

  it.each(['torch-eager', 'onnxruntime'] as const)(
    '%s loads a case, measures blocks in order and leaves no process',
    async (id) => {
      const worker = await driverOf(id).open(() => {}, unaborted)
      try {
        const prepared = await worker.request('prepare', { case: await digitsCase(id) }, unaborted)
        expect(prepared.precisionProof).toMatchObject({ holds: true, label: 'fp32' })
        const first = await worker.request('measure-block', { ...blockRule, targetMs: 20 }, unaborted)
        const second = await worker.request('measure-block', { ...blockRule, targetMs: 20 }, unaborted)
        expect(second.startedAtNs).toBeGreaterThan(first.endedAtNs)
      } finally {
        await worker.close()
      }
      expect(isRunning(worker.pid ?? 0)).toBe(false)
      expect(registry.pids()).toEqual([])
    },
  )

  it('fault-02 killed in its warm-up has crashed, with the stage it was at', async () => {
    const worker = await driverOf('onnxruntime').open(() => {}, unaborted)
    await worker.request('prepare', { case: await digitsCase('onnxruntime') }, unaborted)
    const warming = worker.request(
      'warmup',
      { targetMs: 60_000, minimumSamples: 20, capMs: 60_000, floorSamples: 1 },
      unaborted,
    )
    process.kill(worker.pid ?? 0, 'SIGKILL')
    const error: unknown = await warming.catch((reason: unknown) => reason)
    expect(error instanceof BenchError && error.record).toMatchObject({ code: 'worker-crashed', stage: 'warmup' })
    await worker.close()
  })
})
