import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type ArtifactParityRequest,
  createArtifactParity,
  parityBatchSizes,
} from '../../../electron/parity/artifact-parity.ts'
import type { ReferenceDependencies } from '../../../electron/parity/reference-outputs.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { type OutputDriver, outputDriver } from '../../fakes/output-driver.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let homes = 0

const right = {
  logits: [
    [3, 1],
    [1, 3],
  ],
}
const tolerance = { cosinePass: 0.99, cosineWarn: 0.9, maxAbsPass: null }
const manifest = exampleManifest({ parityTolerance: { fp32: tolerance, fp16: tolerance, int8: tolerance } })

function bench(drivers: readonly OutputDriver[], changes: Partial<ReferenceDependencies> = {}) {
  homes += 1
  const referencesFolder = join(root, `references-${homes}`)
  const judge = createArtifactParity({
    drivers: new Map(drivers.map(({ driver }) => [driver.id, driver])),
    referencesFolder,
    toolVersions: async () => ({ torch: '2' }),
    threads: 2,
    ...changes,
  })
  return { judge, referencesFolder }
}

function request(changes: Partial<ArtifactParityRequest> = {}): ArtifactParityRequest {
  return {
    manifest,
    modelFolder: root,
    weights: { origin: 'hub', folder: '/weights', seed: 1, sha256: 'w', reason: 'From the hub.' },
    precision: 'fp16',
    elsewhere: null,
    onnxFile: '/made/model.onnx',
    engine: null,
    visibleGpu: null,
    ownFile: null,
    evaluation: {
      input: { file: '/inputs.npy', sha256: 'i', shape: [2, 3, 4, 4] },
      images: { source: 'shipped photographs', found: 2, used: 2, notUsed: 0, skipped: [] },
      labels: null,
      photographs: ['a', 'b'],
    },
    batchSizes: [8, 1],
    onProgress: () => {},
    log: () => {},
    signal: new AbortController().signal,
    ...changes,
  }
}

test('the ONNX file is held against FP32 PyTorch at each batch size, and no worker is left', async () => {
  const torch = outputDriver('torch-eager', () => right)
  const runtime = outputDriver('onnxruntime', () => right)
  const { judge } = bench([torch, runtime])
  expect(await judge(request())).toMatchObject({
    verdict: 'pass',
    reason: 'cosine 1.0000, at least 0.99 needed',
    comparedBy: 'ONNX Runtime',
    isOfParent: false,
    byBatchSize: [
      { batchSize: 8, figures: { cosineSimilarity: 1, imageCount: 2 } },
      { batchSize: 1, figures: { cosineSimilarity: 1, imageCount: 2 } },
    ],
  })
  expect(torch.cases).toEqual([expect.objectContaining({ precision: 'fp32', onnxFile: null, batchSize: 1 })])
  expect(runtime.cases).toEqual([
    expect.objectContaining({ precision: 'fp16', onnxFile: '/made/model.onnx', batchSize: 8, options: {} }),
    expect.objectContaining({ precision: 'fp16', onnxFile: '/made/model.onnx', batchSize: 1, options: {} }),
  ])
  expect([torch.open(), runtime.open()]).toEqual([0, 0])
})

test('the worst batch size decides', async () => {
  const wrong = { logits: [...right.logits].reverse() }
  const runtime = outputDriver('onnxruntime', ({ batchSize }) => (batchSize === 8 ? wrong : right))
  const { judge } = bench([outputDriver('torch-eager', () => right), runtime])
  expect(await judge(request())).toMatchObject({ verdict: 'fail', reason: 'cosine 0.6000 is below 0.9' })
})

test('the reference is computed once for the same weights, images and versions, and again when it is damaged', async () => {
  const torch = outputDriver('torch-eager', () => right)
  const { judge, referencesFolder } = bench([torch, outputDriver('onnxruntime', () => right)])
  await judge(request())
  await judge(request({ precision: 'int8' }))
  expect(torch.cases.length).toBe(1)
  await judge(request({ weights: { ...request().weights, sha256: 'others' } }))
  expect(torch.cases.length).toBe(2)
  for (const key of await readdir(referencesFolder)) await writeFile(join(referencesFolder, key, 'logits.npy'), 'torn')
  expect(await judge(request())).toMatchObject({ verdict: 'pass' })
  expect(torch.cases.length).toBe(3)
})

test('INT8 with FP16 scales is compared without the optimizations that would not compute it', async () => {
  const runtime = outputDriver('onnxruntime', () => right)
  const { judge } = bench([outputDriver('torch-eager', () => right), runtime])
  await judge(request({ precision: 'int8', elsewhere: 'fp16', batchSizes: [1] }))
  expect(runtime.cases[0]?.options).toEqual({ graphOptimization: 'disabled', int8Kernels: 'exact' })
})

test('an INT8 file is judged by kernels that do not saturate on any processor, and no other precision is', async () => {
  const runtime = outputDriver('onnxruntime', () => right)
  const { judge } = bench([outputDriver('torch-eager', () => right), runtime])
  await judge(request({ precision: 'int8', batchSizes: [1] }))
  await judge(request({ precision: 'fp16', batchSizes: [1] }))
  expect(runtime.cases.map(({ options }) => options)).toEqual([{ int8Kernels: 'exact' }, {}])
})

test.each(['fp8', 'int4-weights'] as const)(
  'the rounding of %s is judged where ONNX Runtime multiplies what was rounded in a wider type',
  async (precision) => {
    const runtime = outputDriver('onnxruntime', () => right)
    const { judge } = bench([outputDriver('torch-eager', () => right), runtime])
    const narrow = exampleManifest({ parityTolerance: { [precision]: tolerance } })
    expect(await judge(request({ manifest: narrow, precision, batchSizes: [1] }))).toMatchObject({ verdict: 'pass' })
    expect(runtime.cases[0]).toMatchObject({ precision: 'fp32', options: { graphOptimization: 'disabled' } })
  },
)

test('an engine that nothing here runs has the parity of its ONNX file, and says so', async () => {
  const { judge } = bench([outputDriver('torch-eager', () => right), outputDriver('onnxruntime', () => right)])
  const engine = { kind: 'tensorrt-engine' as const, tools: { TensorRT: '11.4' }, file: '/made/engine.plan' }
  expect(await judge(request({ engine, batchSizes: [1] }))).toMatchObject({
    verdict: 'pass',
    reason: 'cosine 1.0000, at least 0.99 needed; parity of the ONNX file that it was built from',
    comparedBy: 'ONNX Runtime, parity of the ONNX file that it was built from',
    isOfParent: true,
  })
})

test('an engine that something here reads is run itself', async () => {
  const openvino = outputDriver('openvino', () => right, { precisions: ['fp32', 'bf16'] })
  const { judge } = bench([outputDriver('torch-eager', () => right), openvino])
  const engine = { kind: 'openvino-ir' as const, tools: { OpenVINO: '2026' }, file: '/made/model.xml' }
  expect(await judge(request({ engine, precision: 'fp32', batchSizes: [1] }))).toMatchObject({ comparedBy: 'OpenVINO' })
  expect(openvino.cases).toEqual([expect.objectContaining({ onnxFile: null, engineFile: '/made/model.xml' })])
})

test('BF16 is not judged where only ONNX Runtime could run it', async () => {
  const { judge } = bench([outputDriver('torch-eager', () => right), outputDriver('onnxruntime', () => right)])
  expect(await judge(request({ precision: 'bf16' }))).toEqual({
    verdict: 'not-judged',
    reason: 'not judged: ONNX Runtime has no BF16 kernels here',
    byBatchSize: [],
    comparedBy: null,
    isOfParent: false,
  })
})

test('the user’s own file is held against itself in FP32, with no PyTorch', async () => {
  const runtime = outputDriver('onnxruntime-node', () => right)
  const { judge } = bench([runtime])
  const ownFile = { file: '/mine/model.onnx', sha256: 'm' }
  expect(await judge(request({ ownFile, batchSizes: [1] }))).toMatchObject({ verdict: 'pass' })
  expect(runtime.cases.map(({ precision, onnxFile }) => [precision, onnxFile])).toEqual([
    ['fp32', '/mine/model.onnx'],
    ['fp16', '/made/model.onnx'],
  ])
})

test('with seeded weights the figures stand and nothing is judged', async () => {
  const { judge } = bench([outputDriver('torch-eager', () => right), outputDriver('onnxruntime', () => right)])
  const weights = { ...request().weights, origin: 'seeded' as const, sha256: null }
  expect(await judge(request({ weights, batchSizes: [1] }))).toMatchObject({
    verdict: 'not-judged',
    reason: 'seeded weights: timing valid, predictions not',
    byBatchSize: [{ batchSize: 1, figures: { cosineSimilarity: 1 } }],
  })
})

const failed = new BenchError({ code: 'inference-failed', stage: 'parity', message: 'It ran out.', remedy: 'None.' })
const failing = (id: BackendId, error: unknown) =>
  outputDriver(id, () => {
    throw error
  })

test('what cannot be compared is not judged and says why; its worker is gone all the same', async () => {
  const runtime = failing('onnxruntime', failed)
  const { judge } = bench([outputDriver('torch-eager', () => right), runtime])
  expect(await judge(request())).toMatchObject({
    verdict: 'not-judged',
    reason: 'It could not be compared: It ran out.',
  })
  expect(runtime.open()).toBe(0)
  const without = bench([
    outputDriver('torch-eager', () => right, { available: false, reason: 'There is no PyTorch.' }),
    outputDriver('onnxruntime', () => right),
  ])
  expect(await without.judge(request())).toMatchObject({
    verdict: 'not-judged',
    reason: 'It could not be compared: The FP32 reference cannot be computed. There is no PyTorch.',
  })
})

test('a cancelled comparison is thrown as such, and a full disk, a crash and a bug are not hidden', async () => {
  const controller = new AbortController()
  const torch = outputDriver('torch-eager', () => right)
  const cancelling = outputDriver('onnxruntime', () => {
    controller.abort(new Error('cancelled'))
    throw failed
  })
  await expect(bench([torch, cancelling]).judge(request({ signal: controller.signal }))).rejects.toThrow('cancelled')
  const full = new BenchError({ code: 'disk-full', stage: 'store', message: 'It is full.', remedy: 'Free some.' })
  await expect(bench([torch, failing('onnxruntime', full)]).judge(request())).rejects.toThrow('It is full.')
  const crashed = new BenchError({ code: 'worker-crashed', stage: 'parity', message: 'It died.', remedy: 'Again.' })
  await expect(bench([torch, failing('onnxruntime', crashed)]).judge(request())).rejects.toThrow('It died.')
  await expect(bench([torch, failing('onnxruntime', new Error('a bug'))]).judge(request())).rejects.toThrow('a bug')
})

test('batch sizes to compare at are the profile’s opt and 1, within the profile and the number of images', () => {
  expect(parityBatchSizes({ min: 1, opt: 8, max: 16 }, 14)).toEqual([8, 1])
  expect(parityBatchSizes({ min: 1, opt: 8, max: 16 }, 3)).toEqual([3, 1])
  expect(parityBatchSizes({ min: 4, opt: 4, max: 4 }, 14)).toEqual([4])
  expect(parityBatchSizes({ min: 1, opt: 1, max: 8 }, 14)).toEqual([1])
})

test('an engine is compared on the card that built it, with its plugin library; the reference and its file are not', async () => {
  const plugin = { name: 'libmine.so', sha256: 'a'.repeat(64), file: '/made/plugin.so' }
  const engine = { kind: 'tensorrt-engine' as const, tools: { tensorrt: '11.4' }, file: '/made/engine.plan', plugin }
  const asked = request({ engine, visibleGpu: 'GPU-bbbb', batchSizes: [1] })
  const torch = outputDriver('torch-eager', () => right)
  const tensorrt = outputDriver('tensorrt', () => right, { devices: ['cuda'] })
  expect(await bench([torch, tensorrt]).judge(asked)).toMatchObject({ verdict: 'pass', isOfParent: false })
  expect(tensorrt.cases).toEqual([expect.objectContaining({ engineFile: '/made/engine.plan', device: 'cuda', plugin })])
  const runtime = outputDriver('onnxruntime', () => right)
  await bench([outputDriver('torch-eager', () => right), runtime]).judge(asked)
  expect([torch.visibleGpus, tensorrt.visibleGpus, runtime.visibleGpus]).toEqual([[null], ['GPU-bbbb'], [null]])
  expect(runtime.cases[0]).not.toHaveProperty('plugin')
})
