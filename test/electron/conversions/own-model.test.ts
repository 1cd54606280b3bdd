// A user's model whose external data has names that the app uses itself.
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { createArtifactStore } from '../../../electron/conversions/artifact-store.ts'
import { createKeyedArtifacts } from '../../../electron/conversions/keyed-artifacts.ts'
import { fileSha256, textSha256 } from '../../../electron/inputs/file-hash.ts'
import { modelFilesSha256 } from '../../../electron/inputs/model-files.ts'
import type { ArtifactParityRequest } from '../../../electron/parity/artifact-parity.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { defaultRecipe } from '../../../shared/planning/recipe.ts'
import { conversionBench } from '../../fakes/conversion-parts.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const dataNames = ['artifact.json', 'checked.json', 'inner/artifact.json', 'log.txt', 'other.onnx', 'recipe.json']

/** The private copy that inspecting makes. */
async function privateCopy(home: string, weights: string): Promise<{ manifest: ModelManifest; folder: string }> {
  const folder = join(home, `copy of ${weights}`)
  await mkdir(join(folder, 'inner'), { recursive: true })
  await writeFile(join(folder, 'model.onnx'), 'a graph')
  for (const name of dataNames) await writeFile(join(folder, name), `${weights} in ${name}`)
  const file = join(folder, 'model.onnx')
  const manifest = exampleManifest({
    source: {
      library: 'file',
      repository: '/own.onnx',
      revision: await modelFilesSha256(file),
      weightsFile: null,
    },
    artifacts: [{ kind: 'onnx', precision: 'fp32', file: 'model.onnx', sha256: await fileSha256(file), opset: 17 }],
  })
  return { manifest, folder }
}

async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = ['model.onnx', ...dataNames]
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])
  return Object.fromEntries(await Promise.all(texts))
}

async function benchOn(home: string) {
  let model = await privateCopy(home, 'weights')
  const judged: ArtifactParityRequest[] = []
  const python = await conversionBench(home).parts.describeBackend('torch-eager')
  const bench = conversionBench(
    home,
    {},
    {
      describeBackend: async () => python,
      models: { list: async () => [], find: async () => model, trust: async () => {} },
      judgeArtifact: async (request) => {
        judged.push(request)
        return { verdict: 'pass', reason: 'cosine 1', byBatchSize: [], comparedBy: 'a fake', isOfParent: false }
      },
    },
  )
  return {
    ...bench,
    judged,
    model: () => model,
    take: async (weights: string) => {
      model = await privateCopy(home, weights)
    },
    convert: async (simplify: boolean) => {
      const recipe = { ...defaultRecipe(model.manifest, 'onnx', 'fp32'), simplify }
      const record = await (await bench.service.start(recipe)).finished
      expect(record).toMatchObject({ state: 'completed', error: null })
      const key = record.steps.find(({ name }) => name === 'export')?.artifactKey ?? ''
      const artifact = await bench.parts.keyed.lookUp(key)
      if (artifact === null) throw new Error('The export is not whole.')
      return artifact
    },
  }
}

it('fault-31 keeps external data whatever its name, and judges by the private copy', async () => {
  const home = await mkdtemp(join(root, 'names-'))
  const { convert, judged, model } = await benchOn(home)
  const artifact = await convert(false)
  const { folder, manifest } = model()
  expect(await filesOf(dirname(artifact.file))).toEqual(await filesOf(folder))
  expect(artifact.sha256).toBe(manifest.source.revision)
  expect(judged.map(({ ownFile, onnxFile }) => [ownFile?.file, ownFile?.sha256, onnxFile])).toEqual([
    [join(folder, 'model.onnx'), manifest.source.revision, artifact.file],
  ])
})

it('takes two models that differ only in their data for two, at every step', async () => {
  const home = await mkdtemp(join(root, 'two-'))
  const { calls, convert, take } = await benchOn(home)
  const first = await convert(true)
  await take('other weights')
  const second = await convert(true)
  expect(second.sha256).not.toBe(first.sha256)
  expect(calls.filter((call) => call === 'simplify-onnx').length).toBe(2)
})

it('finds damage in external data, and takes no damaged private copy', async () => {
  const home = await mkdtemp(join(root, 'damage-'))
  const { convert, model, parts, service } = await benchOn(home)
  const artifact = await convert(false)
  await writeFile(join(dirname(artifact.file), 'recipe.json'), 'bit rot')
  expect(await parts.keyed.lookUp(artifact.key ?? '')).toBe(null)
  const { folder, manifest } = model()
  await writeFile(join(folder, 'inner', 'artifact.json'), 'bit rot')
  const record = await (await service.start(defaultRecipe(manifest, 'onnx', 'fp32'))).finished
  expect(record).toMatchObject({ state: 'failed', error: { code: 'bad-model-file' } })
})

it('copies a model out with its data, and its own files under names that are free', async () => {
  const home = await mkdtemp(join(root, 'out-'))
  const { convert, model, parts } = await benchOn(home)
  const artifact = await convert(false)
  const out = join(home, 'out')
  const copied = await createArtifactStore(join(home, 'artifacts'), parts.keyed).copyTo(artifact.key ?? '', out)
  expect(copied.map((file) => file.slice(out.length + 1))).toEqual([
    'model.onnx',
    ...dataNames,
    'enginebench-artifact.json',
  ])
  expect(await filesOf(out)).toEqual(await filesOf(model().folder))
})

it('still finds an artifact whose files lie beside its sidecar, as older ones do', async () => {
  const store = join(await mkdtemp(join(root, 'older-')), 'artifacts')
  const key = 'c'.repeat(64)
  await mkdir(join(store, key), { recursive: true })
  const file = join(store, key, 'model.onnx')
  await writeFile(file, 'a graph')
  await writeFile(join(store, key, 'weights.bin'), 'data beside it')
  const facts = {
    ...{ kind: 'onnx', modelId: 'tiny', precision: 'fp32', opset: 17, sha256: textSha256('a graph'), sizeBytes: 7 },
    ...{ buildTimeMs: 3, parents: [], weights: 'own', layerPrecision: null, tools: {}, step: 'export' },
    parity: { verdict: 'not-judged', reason: 'old', byBatchSize: [] },
    ...{ key, file: `/moved/artifacts/${key}/model.onnx`, createdAt: '2026-01-02T03:04:05.000Z', logFile: null },
  }
  await writeFile(join(store, key, 'artifact.json'), JSON.stringify(facts))
  const keyed = createKeyedArtifacts(store, () => new Date())
  const artifacts = createArtifactStore(store, keyed)
  expect(await keyed.lookUp(key)).toEqual({ ...facts, file })
  expect(await artifacts.find(key)).toEqual({ ...facts, file })
  expect((await readdir(join(store, key))).sort()).toEqual([
    'artifact.json',
    'checked.json',
    'model.onnx',
    'weights.bin',
  ])
})
