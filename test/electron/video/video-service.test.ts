import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTurns } from '../../../electron/turns.ts'
import { createVideoService } from '../../../electron/video/video-service.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

test('an analysis waits until nothing else measures, and ends cancelled where it is cancelled meanwhile', async () => {
  const folder = await mkdtemp(join(root, 'video-'))
  const analyzerFile = join(folder, 'analyzer.json')
  await writeFile(join(folder, 'film.mp4'), '')
  await writeFile(analyzerFile, JSON.stringify({ tasks: { embeddings: { model: 'tiny' } } }))
  const manifest = exampleManifest({ postprocessing: 'embedding' })
  const takeTurn = createTurns()
  void takeTurn(() => new Promise(() => {}), new AbortController().signal)
  const unasked = () => Promise.reject(new Error('Nothing may begin yet.'))
  const service = createVideoService({
    models: { list: async () => [], find: async () => ({ manifest, folder }) },
    drivers: new Map(),
    estimate: async () => ({ estimatedMs: null, groups: [], refusals: [], warnings: [] }),
    physicalCores: async () => 2,
    fingerprint: async () => exampleRecord().fingerprint,
    inputs: unasked,
    openWorker: unasked,
    takeTurn,
    nowNs: () => 0,
    utcNow: () => new Date(0),
    randomSuffix: () => 'aaaa',
    log: () => {},
  })
  const told: string[] = []
  const outFolder = join(folder, 'out')
  const started = await service.start({ library: folder, analyzerFile, outFolder }, ({ kind }) => told.push(kind))
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual([])
  started.cancel()
  expect(await started.finished).toMatchObject({ state: 'cancelled', analyses: [] })
})
