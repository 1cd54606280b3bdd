import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { unavailableStatus } from '../../../electron/backends/backend-driver.ts'
import { createSimulatedDriver } from '../../../electron/backends/simulated-driver.ts'
import { artifactCandidates, defaultCandidates, planMisfits } from '../../../electron/cli/plan-options.ts'
import { planFrom, type RunTyped } from '../../../electron/cli/run-command.ts'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Candidate } from '../../../shared/domain/plan.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { faultsOf, typed } from '../../fakes/typed-command.ts'

const candidates: readonly Candidate[] = [{ backend: 'onnxruntime-node', precision: 'fp32', options: {} }]
const defaults = { candidates, threads: 4, imageLimit: 64 }
const typedRun = (words: string) => typed(`run ${words}`).typed as RunTyped

test('everything but the model has a default', () => {
  expect(planFrom(typedRun('--model digits'), defaults)).toEqual({
    model: 'digits',
    candidates,
    batchSizes: [1],
    imageFolder: null,
    imageLimit: 64,
    inputSize: null,
    weights: { kind: 'auto' },
    device: 'cpu',
    threads: 4,
    opset: null,
    preset: 'quick',
    seed: 1,
  })
})

test('every option finds its place, and paths become absolute', () => {
  const words =
    '--model own/net.onnx --backends torch-eager:bf16,onnxruntime,simulated:fp32 --batch 1,8 --images photos ' +
    '--image-limit 10 --size 480 --weights weights/clip --device cuda --threads 2 --opset 18 --preset rigorous --seed 7'
  expect(planFrom(typedRun(words), defaults)).toEqual({
    model: resolve('own/net.onnx'),
    candidates: [
      { backend: 'torch-eager', precision: 'bf16', options: {} },
      { backend: 'onnxruntime', precision: 'fp32', options: {} },
      { backend: 'simulated', precision: 'fp32', options: {} },
    ],
    batchSizes: [1, 8],
    imageFolder: resolve('photos'),
    imageLimit: 10,
    inputSize: 480,
    weights: { kind: 'folder', folder: resolve('weights/clip') },
    device: 'cuda',
    threads: 2,
    opset: 18,
    preset: 'rigorous',
    seed: 7,
  })
})

test.each(['auto', 'hub', 'seeded'] as const)('--weights %s is a choice, not a folder', (kind) => {
  expect(planFrom(typedRun(`--model digits --weights ${kind}`), defaults).weights).toEqual({ kind })
})

test.each([
  [
    '',
    'run needs a model. Add --model ID, FILE.onnx or a source, e.g. timm:resnet18; `enginebench models` lists the ids.',
  ],
  [
    '--model digits --backends onnxruntime:fp12',
    '--backends cannot be "onnxruntime:fp12". Choose the precision from: fp32, tf32, fp16, bf16, int8, fp8, int4-weights.',
  ],
  [
    '--model digits --backends onnxruntime:fp32:x',
    '--backends cannot be "onnxruntime:fp32:x". Write BACKEND:PRECISION or BACKEND:PRECISION:tuned, e.g. onnxruntime:fp32.',
  ],
  ['--model digits --batch 0', '--batch cannot be "0". Give a whole number of at least 1.'],
  ['--model digits --batch all', '--batch cannot be "all". Give a whole number of at least 1.'],
  ['--model digits --preset fast', '--preset cannot be "fast". Choose quick, standard or rigorous.'],
  ['--model digits --opset 13', '--opset cannot be "13". Give a whole number from 14 to 23.'],
  ['--model digits --threads 1025', '--threads cannot be "1025". Give a whole number from 1 to 1024.'],
])('run %s is refused', (words, fault) => {
  expect(faultsOf(`run ${words}`.trim())).toEqual([fault])
})

test('an unknown backend is refused by its own code', () => {
  expect(typed('run --model digits --backends tensorflow:fp32').faults).toEqual([
    {
      code: 'unknown-backend',
      message: 'There is no backend "tensorflow".',
      remedy: expect.stringContaining('torch-eager'),
    },
  ])
})

describe('what the model or the backends leave without a meaning is refused', () => {
  const own: ModelManifest = { ...exampleManifest(), source: { ...exampleManifest().source, library: 'file' } }
  const models = (manifest: ModelManifest) => ({
    models: { list: async () => [manifest], find: async () => ({ manifest, folder: '' }), trust: async () => {} },
  })
  const misfits = async (words: string, manifest: ModelManifest) => {
    const run = typedRun(words)
    const found = await planMisfits(run, planFrom(run, defaults), models(manifest))
    return found.map(({ message }) => message)
  }

  test('images, where the model is measured on its own test set', async () => {
    const digits = { ...exampleManifest(), evaluation: { inputs: 'i', labels: 'l' } } as unknown as ModelManifest
    expect(await misfits('--model digits --images ./none', digits)).toEqual([
      `--images does not apply to ${digits.name}: it is measured on its own test set.`,
    ])
    expect(await misfits('--model clip --images ./photos', { ...exampleManifest(), evaluation: null })).toEqual([])
  })

  test('an opset, where nothing is exported; and weights, where the file holds them', async () => {
    const words = '--model net.onnx --opset 17 --weights seeded'
    expect(await misfits(words, own)).toEqual([
      `--opset does not apply to ${own.name}: your own file is not exported again.`,
      `--weights does not apply to ${own.name}: your own file holds its weights.`,
    ])
    expect(await misfits('--model clip --backends torch-eager:fp32 --opset 17', exampleManifest())).toEqual([
      '--opset does not apply to these backends: none of them runs an ONNX file that this run exports.',
    ])
  })
})

test('left to itself, it runs what the model names and the machine has, and the precisions that ship', () => {
  const artifact = { kind: 'onnx', file: 'f', sha256: 'a'.repeat(64), opset: 17 } as const
  const manifest = {
    ...exampleManifest(),
    backends: ['torch-eager', 'onnxruntime-node', 'onnxruntime'],
    artifacts: [
      { ...artifact, precision: 'fp32' as const },
      { ...artifact, precision: 'fp16' as const },
      { ...artifact, precision: 'int8' as const },
    ],
  }
  const available = new Map<string, readonly Precision[]>([
    ['onnxruntime', ['fp32', 'fp16']],
    ['onnxruntime-node', ['fp32', 'int8']],
  ])
  expect(defaultCandidates(manifest, available)).toEqual([
    { backend: 'onnxruntime-node', precision: 'fp32', options: {} },
    { backend: 'onnxruntime', precision: 'fp32', options: {} },
    { backend: 'onnxruntime-node', precision: 'int8', options: {} },
  ])
})

test('left to itself, it runs a user’s own file in the precision that it is stored in', () => {
  const artifact = { kind: 'onnx', file: 'f', sha256: 'a'.repeat(64), opset: 17, precision: 'fp16' } as const
  const manifest = {
    ...exampleManifest(),
    source: { library: 'file' as const, repository: '/f.onnx', revision: null, weightsFile: null },
    backends: ['onnxruntime', 'onnxruntime-node', 'openvino'],
    artifacts: [artifact],
  }
  const available = new Map<string, readonly Precision[]>([
    ['onnxruntime', ['fp32', 'fp16']],
    ['onnxruntime-node', ['fp32']],
    ['openvino', ['fp32', 'fp16']],
  ])
  expect(defaultCandidates(manifest, available)).toEqual([{ backend: 'onnxruntime', precision: 'fp16', options: {} }])
})

const sha256 = 'a'.repeat(64)
const unused = async () => {
  throw new Error('not part of this test')
}

function servicesWith(part: Partial<Artifact>, ready: readonly BackendId[]) {
  const artifact: Artifact = {
    kind: 'onnx',
    modelId: 'digits',
    precision: 'int8',
    opset: 17,
    sha256,
    file: '/artifacts/model.onnx',
    sizeBytes: 1,
    buildTimeMs: 1,
    parents: [],
    weights: 'own',
    parity: { verdict: 'pass', reason: '', byBatchSize: [] },
    layerPrecision: null,
    tools: {},
    ...part,
  }
  const list = async () => {
    const simulated = await createSimulatedDriver().describe()
    const ids: readonly BackendId[] = ['onnxruntime', 'onnxruntime-node', 'openvino', 'tensorrt']
    const devices = (id: BackendId) => (id === 'onnxruntime' ? ['cpu', 'cuda'] : ['cpu'])
    return ids.map((id) =>
      ready.includes(id)
        ? { ...simulated, id, devices: devices(id) }
        : unavailableStatus(id, 'python', 'No.', 'Set it up.'),
    )
  }
  const artifacts = {
    ...{
      list: unused,
      unreadable: unused,
      log: unused,
      remove: unused,
      recipeOf: unused,
      copyTo: unused,
      adopt: unused,
    },
    find: async () => artifact,
  }
  return { artifacts, backends: { list } }
}

const candidate = (backend: BackendId) => ({ backend, precision: 'int8', options: {}, artifact: sha256 })
const withAndWithoutGraph = [candidate('tensorrt'), { ...candidate('tensorrt'), options: { tuned: true } }]

test('an ONNX artifact becomes a candidate of every backend here that reads it', async () => {
  const notes: string[] = []
  const services = servicesWith({}, ['onnxruntime', 'onnxruntime-node'])
  expect(await artifactCandidates(services, 'aaaa', 'cpu', { note: (text) => notes.push(text) })).toEqual({
    model: 'digits',
    candidates: [candidate('onnxruntime'), candidate('onnxruntime-node')],
  })
  expect(notes).toEqual([
    'note: ONNX Runtime TensorRT also reads it, but cannot run on cpu here.',
    'note: OpenVINO also reads it, but cannot run on cpu here.',
  ])
})

test('on a GPU it becomes a candidate of those alone that run there', async () => {
  const notes: string[] = []
  const services = servicesWith({}, ['onnxruntime', 'onnxruntime-node'])
  const { candidates } = await artifactCandidates(services, 'aaaa', 'cuda', { note: (text) => notes.push(text) })
  expect({ candidates, notes }).toEqual({
    candidates: [candidate('onnxruntime')],
    notes: [
      'note: ONNX Runtime (Node) also reads it, but cannot run on cuda here.',
      'note: ONNX Runtime TensorRT also reads it, but cannot run on cuda here.',
      'note: OpenVINO also reads it, but cannot run on cuda here.',
    ],
  })
})

test('an engine that nothing here runs is a candidate all the same, so that its record says why', async () => {
  const services = servicesWith({ kind: 'tensorrt-engine' }, ['onnxruntime'])
  const { candidates } = await artifactCandidates(services, 'aaaa', 'cpu', { note: () => undefined })
  expect(candidates).toEqual(withAndWithoutGraph)
})

test('a TensorRT engine is planned without and with a CUDA graph, as the window plans it', async () => {
  const services = servicesWith({ kind: 'tensorrt-engine' }, ['tensorrt'])
  const { candidates } = await artifactCandidates(services, 'aaaa', 'cpu', { note: () => undefined })
  expect(candidates).toEqual(withAndWithoutGraph)
})

test('an engine of the test builder is never measured', async () => {
  const tools = { 'TensorRT-RTX': '1.7.1, test builder' }
  const services = servicesWith({ kind: 'tensorrt-rtx-engine', tools }, ['onnxruntime'])
  await expect(artifactCandidates(services, 'aaaa', 'cpu', { note: () => undefined })).rejects.toThrow(/test builder/)
})

test('paths of model sources become absolute, and what is changed of a model becomes part of its name', () => {
  const modelOf = (words: string) => planFrom(typedRun(words), defaults).model
  expect([
    modelOf('--model ./my-vit'),
    modelOf('--model own/net.py:make --trust-code'),
    modelOf('--model timm:resnet18 --mean 0.5,0.4,0.3 --input-size 288x320 --most-batch 4'),
    modelOf('--model timm:resnet18?input-size=64 --input-size 288'),
  ]).toEqual([
    resolve('my-vit'),
    `${resolve('own/net.py')}:make`,
    'timm:resnet18?input-size=288x320&mean=0.5,0.4,0.3&most-batch=4',
    'timm:resnet18?input-size=288',
  ])
})

test('a model that no source can be is refused with what to write', () => {
  expect(faultsOf('run --model net.py')).toEqual([
    '"net.py" does not say which function returns the model. Write net.py:FUNCTION.',
  ])
})
