import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTurns } from '../../../electron/turns.ts'
import { createVideoService } from '../../../electron/video/video-service.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { videoRecordSchema } from '../../../shared/domain/video-record.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { outputDriver } from '../../fakes/output-driver.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { artifact } from '../../shared/planning/artifact.ts'

const root = temporaryFolder()

const unasked = () => Promise.reject(new Error('Nothing may begin yet.'))

/** One model that embeds, and nothing that could begin. */
function partsOf(folder: string): Parameters<typeof createVideoService>[0] {
  const manifest = exampleManifest({ postprocessing: 'embedding' })
  return {
    models: { list: async () => [], find: async () => ({ manifest, folder }), trust: async () => {} },
    drivers: new Map(),
    estimate: async () => ({ estimatedMs: null, groups: [], refusals: [], warnings: [] }),
    physicalCores: async () => 2,
    fingerprint: async () => exampleRecord().fingerprint,
    inputs: unasked,
    openWorker: unasked,
    takeTurn: createTurns(),
    nowNs: () => 0,
    utcNow: () => new Date(0),
    randomSuffix: () => 'aaaa',
    log: () => {},
  }
}

test('an analysis waits until nothing else measures, and ends cancelled where it is cancelled meanwhile', async () => {
  const folder = await mkdtemp(join(root, 'video-'))
  const analyzerFile = join(folder, 'analyzer.json')
  await writeFile(join(folder, 'film.mp4'), '')
  await writeFile(analyzerFile, JSON.stringify({ tasks: { embeddings: { model: 'tiny' } } }))
  const takeTurn = createTurns()
  void takeTurn(() => new Promise(() => {}), new AbortController().signal)
  const service = createVideoService({ ...partsOf(folder), takeTurn })
  const told: string[] = []
  const outFolder = join(folder, 'out')
  const started = await service.start({ library: folder, analyzerFile, outFolder }, ({ kind }) => told.push(kind))
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual([])
  started.cancel()
  expect(await started.finished).toMatchObject({ state: 'cancelled', analyses: [] })
})

test('the engines of an analysis see only the card that its analyzer names, by its UUID', async () => {
  const folder = await mkdtemp(join(root, 'video-'))
  const analyzerFile = join(folder, 'analyzer.json')
  await writeFile(join(folder, 'film.mp4'), '')
  const engine = { backend: 'onnxruntime' }
  const tasks = { embeddings: { model: 'tiny', engine } }
  await writeFile(analyzerFile, JSON.stringify({ tasks, device: 'cuda:1' }))
  const { fingerprint } = exampleRecord()
  const card = { memoryBytes: null, driver: '580.1' }
  const gpus = [
    { ...card, name: 'Tesla T4', uuid: 'GPU-aaaaaaaa-0000' },
    { ...card, name: 'NVIDIA A100', uuid: 'GPU-bbbbbbbb-0000' },
  ]
  const seen: unknown[] = []
  const { driver } = outputDriver('onnxruntime', () => ({}), { devices: ['cpu', 'cuda'] })
  const service = createVideoService({
    ...partsOf(folder),
    drivers: new Map([['onnxruntime', driver]]),
    fingerprint: async () => ({ ...fingerprint, machine: { ...fingerprint.machine, gpus } }),
    inputs: async () => ({
      input: { file: '/images.npy', sha256: 'a'.repeat(64), shape: [1, 3, 4, 4] },
      images: { source: 'shipped photographs', found: 1, used: 1, notUsed: 0, skipped: [] },
      ...{ labels: null, photographs: null, artifacts: new Map(), calibrationPhotographs: new Set() },
      weights: { origin: 'seeded', folder: null, seed: 1, sha256: null, reason: 'Seeded.' },
      onnx: new Map([['fp32', artifact({ kind: 'onnx', file: '/model.onnx' })]]),
    }),
    openWorker: async (backend, _log, _signal, visibleGpu) => {
      seen.push([backend, visibleGpu])
      throw new BenchError({ code: 'python-unavailable', stage: 'setup', message: 'No.', remedy: 'Set it up.' })
    },
  })
  const outFolder = join(folder, 'out')
  const { finished } = await service.start({ library: folder, analyzerFile, outFolder }, () => {})
  expect((await finished).state).toBe('failed')
  expect(seen).toEqual([['onnxruntime', 'GPU-bbbbbbbb-0000']])
  expect(await readFile(join(outFolder, 'report.md'), 'utf8')).toContain('cuda:1 (NVIDIA A100, GPU-bbbbbbbb-0000)')
})

test('fault-09 until an analysis ends, its summary says that it has not, so that one that is killed leaves a true one', async () => {
  const folder = await mkdtemp(join(root, 'video-'))
  const analyzerFile = join(folder, 'analyzer.json')
  await writeFile(join(folder, 'film.mp4'), '')
  await writeFile(analyzerFile, JSON.stringify({ tasks: { embeddings: { model: 'tiny' } } }))
  const outFolder = join(folder, 'out')
  const summary = async () =>
    videoRecordSchema.parse(JSON.parse(await readFile(join(outFolder, 'summary.json'), 'utf8')))
  let meanwhile: unknown = null
  const service = createVideoService({
    ...partsOf(folder),
    inputs: async () => {
      meanwhile = await summary()
      throw new BenchError({ code: 'no-images', stage: 'inputs', message: 'None.', remedy: 'Name some.' })
    },
  })
  const { finished } = await service.start({ library: folder, analyzerFile, outFolder }, () => {})
  const record = await finished
  expect(meanwhile).toMatchObject({
    ...{ videoId: record.videoId, state: 'unfinished', endedAt: null, analyses: [], error: { code: 'interrupted' } },
    library: record.library,
  })
  expect(record).toMatchObject({ state: 'failed', endedAt: '1970-01-01T00:00:00.000Z', error: { code: 'no-images' } })
  expect(await summary()).toEqual(record)
})
