import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createModelSources, type ModelSources } from '../../../electron/models/model-sources.ts'
import { createTrustedCode } from '../../../electron/models/trusted-code.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { modelManifestSchema } from '../../../shared/domain/model.ts'
import { type ModelReference, readModelReference, type SourceFacts } from '../../../shared/domain/model-source.ts'
import type { RequestParameters } from '../../../shared/worker-protocol/requests.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { fakeTasks } from '../../fakes/task-worker.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const facts: SourceFacts = {
  name: 'Tiny ViT',
  className: 'ViTForImageClassification',
  task: 'image-classification',
  repository: 'example/tiny',
  revision: null,
  weightsFile: 'model.safetensors',
  licence: null,
  parameterCount: 12,
  inputName: 'pixel_values',
  channels: 3,
  height: 32,
  width: 48,
  outputs: [{ name: 'logits', shape: [1, 5] }],
  preprocessing: { ...exampleManifest().preprocessing, resize: 'shortest-edge', centerCrop: true, cropFraction: 0.8 },
  postprocessing: 'top-1',
  assumptions: ['It was assumed.'],
}

type Asked = RequestParameters<'inspect-source'>

let folder: string
let asked: Asked[]
let tools: Record<string, string>
let answer: () => SourceFacts
let place = 0

beforeEach(async () => {
  place += 1
  folder = join(root, `case ${place}`)
  await mkdir(folder, { recursive: true })
  asked = []
  tools = { torch: '2' }
  answer = () => facts
})

/** A fresh process: what it knows is on disk. */
function sources(): ModelSources {
  const tasks = fakeTasks({
    'inspect-source': async (parameters) => {
      asked.push(parameters)
      await writeFile(join(parameters.folder, 'source.json'), '{}')
      return { facts: answer() }
    },
  })
  return createModelSources({
    folder: join(folder, 'cache'),
    trustedCode: createTrustedCode(join(folder, 'trusted'), () => new Date(0)),
    openTaskWorker: tasks.open,
    toolVersions: async () => tools,
    log: () => {},
  })
}

function reference(text: string): ModelReference {
  const read = readModelReference(text)
  if ('reference' in read) return read.reference
  throw new Error(`${text} is no reference`)
}

describe('a model from a source', () => {
  it('is inspected once, and its findings outlive the process', async () => {
    const first = await sources().find(reference('timm:tiny'))
    const second = await sources().find(reference('timm:tiny'))
    expect(second).toEqual(first)
    expect(asked.length).toBe(1)
    expect((await readdir(first.folder)).sort()).toEqual(['facts.json', 'source.json'])
  })

  it('is inspected again for another size and with another library, never for other preprocessing', async () => {
    await sources().find(reference('timm:tiny'))
    await sources().find(reference('timm:tiny?mean=0.5'))
    expect(asked.length).toBe(1)
    await sources().find(reference('timm:tiny?input-size=64x96'))
    expect(asked.map(({ inputSize }) => inputSize)).toEqual([null, { height: 64, width: 96 }])
    tools = { torch: '3' }
    await sources().find(reference('timm:tiny'))
    expect(asked.length).toBe(3)
  })

  it('becomes a manifest that PyTorch and every ONNX backend can run', async () => {
    const { manifest } = await sources().find(reference('timm:tiny'))
    expect(modelManifestSchema.parse(manifest)).toEqual(manifest)
    expect(manifest).toMatchObject({
      id: expect.stringMatching(/^tiny-vit-[0-9a-f]{8}$/),
      name: 'Tiny ViT',
      task: 'image-classification',
      source: { library: 'timm', repository: 'example/tiny', weightsFile: 'model.safetensors' },
      licence: { model: 'unknown' },
      input: { name: 'pixel_values', channels: 3, height: 32, width: 48, dynamicSize: false },
      outputs: ['logits'],
      preprocessing: { resize: 'shortest-edge', cropFraction: 0.8 },
      optimizationProfile: { min: 1, opt: 8, max: 64 },
      assumptions: ['It was assumed.'],
    })
    expect(manifest.backends).toEqual(expect.arrayContaining(['torch-eager', 'onnxruntime', 'openvino', 'tensorrt']))
  })

  it('takes what the user changes, and is then another model', async () => {
    const text = 'timm:tiny?task=image-embedding&resize=exact&mean=0.5&deviation=0.2,0.3,0.4&most-batch=4'
    const [usual, changed] = [await sources().find(reference('timm:tiny')), await sources().find(reference(text))]
    expect(changed.manifest).toMatchObject({
      task: 'image-embedding',
      postprocessing: 'embedding',
      preprocessing: { resize: 'exact', centerCrop: false, mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.3, 0.4] },
      optimizationProfile: { min: 1, opt: 4, max: 4 },
    })
    expect(changed.manifest.id).not.toBe(usual.manifest.id)
  })

  it('that is a folder is inspected again once its configuration changes', async () => {
    const model = join(folder, 'my vit')
    await mkdir(model)
    await writeFile(join(model, 'config.json'), '{}')
    const before = await sources().find(reference(model))
    await writeFile(join(model, 'config.json'), '{"a": 1}')
    const after = await sources().find(reference(model))
    expect(asked.length).toBe(2)
    expect(after.manifest.id).not.toBe(before.manifest.id)
  })

  it('at a branch of the hub is asked for in every process, at a commit only once', async () => {
    answer = () => ({ ...facts, revision: 'c'.repeat(40) })
    for (const text of ['hf:example/tiny', 'hf:example/tiny', `hf:example/tiny@${'c'.repeat(40)}`]) {
      await sources().find(reference(text))
      await sources().find(reference(`hf:example/tiny@${'c'.repeat(40)}`))
    }
    expect(asked.map(({ source }) => source.revision)).toEqual([null, 'c'.repeat(40), null])
  })

  it('that failed is inspected again, and leaves nothing behind', async () => {
    answer = () => {
      throw new BenchError({ code: 'bad-model-file', stage: 'load', message: 'It is odd.', remedy: 'Save it again.' })
    }
    const one = sources()
    await expect(one.find(reference('timm:tiny'))).rejects.toMatchObject({ record: { code: 'bad-model-file' } })
    answer = () => facts
    expect((await one.find(reference('timm:tiny'))).manifest.name).toBe('Tiny ViT')
    expect((await readdir(join(folder, 'cache'))).length).toBe(1)
  })

  it.each([
    ['that is not there', 'gone', 'was not found'],
    ['that is a file', 'file', 'is a file, not a folder'],
  ])('a folder %s is refused with its path', async (_, name, words) => {
    await writeFile(join(folder, 'file'), '')
    await expect(sources().find(reference(join(folder, name)))).rejects.toMatchObject({
      record: { code: 'unknown-model', message: expect.stringContaining(words) },
    })
  })
})

describe("the user's own code", () => {
  let file: string

  beforeEach(async () => {
    await mkdir(join(folder, 'code', 'layers'), { recursive: true })
    await mkdir(join(folder, 'code', 'data'))
    file = join(folder, 'code', 'net.py')
    await writeFile(file, 'def make(): ...')
    await writeFile(join(folder, 'code', 'layers', '__init__.py'), '')
    await writeFile(join(folder, 'code', 'data', 'not_imported.py'), '')
  })

  it('is not run before the user has trusted it', async () => {
    await expect(sources().find(reference(`${file}:make`))).rejects.toMatchObject({
      record: { code: 'untrusted-code', remedy: expect.stringContaining('--trust-code') },
    })
    expect(asked).toEqual([])
  })

  it('is trusted for exactly its bytes, and those of what it can import', async () => {
    await sources().trust(reference(`${file}:make`))
    await sources().find(reference(`${file}:make`))
    expect(asked[0]?.code.map((each) => each.file)).toEqual([join(folder, 'code', 'layers', '__init__.py'), file])
    await writeFile(join(folder, 'code', 'data', 'not_imported.py'), 'changed')
    await sources().find(reference(`${file}:make`))
    await writeFile(join(folder, 'code', 'layers', '__init__.py'), 'changed')
    await expect(sources().find(reference(`${file}:make`))).rejects.toMatchObject({
      record: { code: 'untrusted-code' },
    })
  })

  it.each([
    ['worker-crashed', 'ended the process that ran it'],
    ['worker-stalled', 'did not return'],
  ] as const)('is named as the reason when its worker has %s', async (code, words) => {
    answer = () => {
      throw new BenchError({ code, stage: 'load', message: 'The worker is gone.', remedy: 'See the log.' })
    }
    const one = sources()
    await one.trust(reference(`${file}:make`))
    await expect(one.find(reference(`${file}:make`))).rejects.toMatchObject({
      record: { code: 'model-code-failed', message: `The code of ${file} ${words}.`, cause: 'The worker is gone.' },
    })
  })
})
