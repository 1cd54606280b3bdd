import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { defaultCandidates, planFromOptions } from '../../../electron/cli/plan-options.ts'
import type { Candidate } from '../../../shared/domain/plan.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

const candidates: readonly Candidate[] = [{ backend: 'onnxruntime-node', precision: 'fp32', options: {} }]
const defaults = { candidates, threads: 4, imageLimit: 64 }

test('with a model alone everything else has a default', () => {
  expect(planFromOptions({ model: 'digits' }, defaults)).toEqual({
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
  const options = {
    model: 'own/net.onnx',
    backends: 'torch-eager:bf16,onnxruntime,simulated:fp32',
    batch: '1,8',
    images: 'photos',
    imageLimit: 10,
    size: 480,
    weights: 'weights/clip',
    device: 'cuda',
    threads: 2,
    opset: 18,
    preset: 'rigorous',
    seed: 7,
  }
  expect(planFromOptions(options, defaults)).toEqual({
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
  expect(planFromOptions({ model: 'digits', weights: kind }, defaults).weights).toEqual({ kind })
})

test.each([
  [{}, 'bad-usage', /run needs a model/],
  [{ model: 'digits', backends: 'tensorflow:fp32' }, 'unknown-backend', /no backend tensorflow/],
  [{ model: 'digits', backends: 'onnxruntime:fp8' }, 'bad-usage', /--backends cannot be fp8/],
  [{ model: 'digits', backends: 'onnxruntime:fp32:x' }, 'bad-usage', /not a backend and a precision/],
  [{ model: 'digits', batch: 0 }, 'bad-usage', /--batch cannot be 0/],
  [{ model: 'digits', batch: '-1' }, 'bad-usage', /--batch cannot be -1/],
  [{ model: 'digits', batch: 'all' }, 'bad-usage', /--batch cannot be all/],
  [{ model: 'digits', preset: 'fast' }, 'bad-usage', /--preset cannot be fast/],
  [{ model: 'digits', opset: 13 }, 'bad-usage', /--opset cannot be 13/],
])('%o is refused as %s', (options, code, message) => {
  expect(() => planFromOptions(options, defaults)).toThrow(
    expect.objectContaining({
      record: expect.objectContaining({ code, message: expect.stringMatching(message), remedy: expect.any(String) }),
    }),
  )
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
