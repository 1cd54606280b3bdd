import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../electron/models/model-catalog.ts'
import { inspectModel } from '../../../electron/models/model-inspection.ts'
import { modelManifestSchema } from '../../../shared/domain/model.ts'
import { noModelSources } from '../../fakes/no-model-sources.ts'
import { externalTensor, imageType, modelBytes, tinyGraph } from '../../fakes/onnx-model.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const shippedFolder = join(import.meta.dirname, '../../../models')
let folder: string
let cacheFolder: string

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  cacheFolder = join(folder, 'cache')
})

function catalog(modelsFolder = shippedFolder) {
  return createModelCatalog({ modelsFolder, cacheFolder, inspectModel, sources: noModelSources })
}

async function ownFile(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, bytes)
  return file
}

describe('the model catalog', () => {
  it('lists the shipped models by id and leaves out the folder of samples', async () => {
    const ids = (await catalog().list()).map(({ id }) => id)
    expect(ids).toContain('digits')
    expect(ids).toContain('clip-vit-b32')
    expect(ids).not.toContain('samples')
    expect(ids).toEqual([...ids].sort())
  })

  it('finds a shipped model with its folder', async () => {
    const { manifest, folder: found } = await catalog().find('digits')
    expect({ id: manifest.id, found }).toEqual({ id: 'digits', found: join(shippedFolder, 'digits') })
  })

  it('names the models it knows when asked for another', async () => {
    await expect(catalog().find('nothing')).rejects.toMatchObject({
      record: { code: 'unknown-model', stage: 'plan', remedy: expect.stringContaining('clip-vit-b32') },
    })
    await expect(catalog().find(join(folder, 'gone.onnx'))).rejects.toMatchObject({ record: { code: 'unknown-model' } })
  })

  it('names the manifest that cannot be read', async () => {
    await mkdir(join(folder, 'models', 'broken'), { recursive: true })
    await writeFile(join(folder, 'models', 'broken', 'model.json'), '{"id": "broken"}')
    await expect(catalog(join(folder, 'models')).list()).rejects.toMatchObject({
      record: { code: 'record-unreadable', message: expect.stringContaining('broken/model.json') },
    })
  })

  it("describes a user's file and loads only its private copy", async () => {
    const file = await ownFile("My model's $(touch x) – ü.onnx", modelBytes())
    const { manifest, folder: found } = await catalog().find(file)
    expect(modelManifestSchema.parse(manifest)).toEqual(manifest)
    expect(manifest).toMatchObject({
      id: expect.stringMatching(/^my-model-s-touch-x-[0-9a-f]{8}$/),
      source: { library: 'file', repository: file },
      input: { name: 'pixels', channels: 1, height: 2, width: 2, dynamicSize: false },
      outputs: ['logits'],
      optimizationProfile: { min: 1, opt: 8, max: 64 },
      artifacts: [{ kind: 'onnx', precision: 'fp32', file: 'model.onnx', opset: 17 }],
    })
    expect(found.startsWith(cacheFolder)).toBe(true)
    await writeFile(file, 'swapped')
    expect(await readFile(join(found, 'model.onnx'))).toEqual(Buffer.from(modelBytes()))
  })

  it('names the operators that only a plugin library computes, and only the backend that loads one', async () => {
    const node = [{ opType: 'Sharpen', domain: 'my.company', input: ['pixels'], output: ['logits'] }]
    const models = createModelCatalog({
      ...{ modelsFolder: shippedFolder, cacheFolder },
      inspectModel: (file, copyFolder) => inspectModel(file, copyFolder, () => {}, 'listed'),
      sources: noModelSources,
    })
    const { manifest } = await models.find(await ownFile('sharp.onnx', modelBytes(tinyGraph({ node }))))
    expect(modelManifestSchema.parse(manifest)).toEqual(manifest)
    expect([manifest.customOperators, manifest.backends]).toEqual([['my.company::Sharpen'], ['tensorrt']])
  })

  it('gives a batch that the graph fixes as the only one', async () => {
    const graph = tinyGraph({ input: [{ name: 'pixels', type: imageType([4, 3, 'height', 'width']) }] })
    const { manifest } = await catalog().find(await ownFile('fixed.onnx', modelBytes(graph)))
    expect(manifest.optimizationProfile).toEqual({ min: 4, opt: 4, max: 4 })
    expect(manifest.input).toMatchObject({ channels: 3, height: 224, width: 224, dynamicSize: true, sizeMultiple: 32 })
  })

  it.each([
    ['two inputs', ['pixels', 'mask'], imageType(['batch', 3, 8, 8])],
    ['no image', ['pixels'], imageType(['batch', 12])],
    ['five channels', ['pixels'], imageType(['batch', 5, 8, 8])],
    ['whole numbers', ['pixels'], imageType(['batch', 3, 8, 8], 7)],
  ])('lists the inputs of a model that takes %s', async (_name, names, type) => {
    const graph = tinyGraph({ input: names.map((name) => ({ name, type })) })
    const { manifest } = await catalog().find(await ownFile('given.onnx', modelBytes(graph)))
    expect(manifest.inputs?.map(({ name }) => name)).toEqual(names)
    expect(modelManifestSchema.parse(manifest)).toEqual(manifest)
  })

  it('refuses a model that takes text', async () => {
    const graph = tinyGraph({ input: [{ name: 'text', type: imageType(['batch'], 8) }] })
    const file = await ownFile('given.onnx', modelBytes(graph))
    await expect(catalog().find(file)).rejects.toMatchObject({
      record: { code: 'unsupported-operator', stage: 'load' },
    })
  })

  it('leaves nothing behind when a file is refused', async () => {
    const graph = tinyGraph({ initializer: [externalTensor('weights', [4, 3], '../../secret')] })
    const file = await ownFile('given.onnx', modelBytes(graph))
    await expect(catalog().find(file)).rejects.toMatchObject({ record: { code: 'unsafe-model-file' } })
    expect(await readdir(join(cacheFolder, 'models'))).toEqual([])
  })

  it('reads a file once, and again when it changed', async () => {
    const models = catalog()
    const file = await ownFile('given.onnx', modelBytes())
    const first = await models.find(file)
    await chmod(first.folder, 0o500)
    expect(await models.find(file)).toBe(first)
    await writeFile(file, modelBytes(tinyGraph({ name: 'renamed' })))
    expect((await models.find(file)).manifest.id).not.toBe(first.manifest.id)
  })
})
