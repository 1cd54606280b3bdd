import { expect, test } from 'vitest'
import { repeatCommand } from '../../../electron/runs/repeat-command.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const { plan } = exampleRecord()

test('the command names everything that the plan chose', () => {
  expect(repeatCommand(plan)).toBe(
    'enginebench run --model digits --backends simulated:fp32 --batch 1 --image-limit 24 --weights auto --device cpu --threads 2 --preset quick --seed 1',
  )
})

test('paths that a shell would take apart are quoted, and options are said to be elsewhere', () => {
  expect(
    repeatCommand({
      ...plan,
      model: "/home/ann's/my model.onnx",
      candidates: [{ backend: 'onnxruntime', precision: 'fp32', options: { spinning: true } }],
      batchSizes: [1, 8],
      imageFolder: '/pictures/$HOME',
      inputSize: 320,
      weights: { kind: 'folder', folder: '/weights' },
      opset: 18,
    }),
  ).toBe(
    "enginebench run --model '/home/ann'\\''s/my model.onnx' --backends onnxruntime:fp32 --batch 1,8 --images '/pictures/$HOME' --image-limit 24 --size 320 --weights /weights --device cpu --threads 2 --opset 18 --preset quick --seed 1  # backend options are in the record's plan",
  )
})

test('artifacts are named by their hashes, each once', () => {
  const candidates = [
    { backend: 'torch-eager' as const, precision: 'fp32' as const, options: {} },
    { backend: 'onnxruntime' as const, precision: 'fp16' as const, options: {}, artifact: 'a'.repeat(64) },
  ]
  const rest = '--batch 1 --image-limit 24 --weights auto --device cpu --threads 2 --preset quick --seed 1'
  expect(repeatCommand({ ...plan, candidates })).toBe(
    `enginebench run --model digits --backends torch-eager:fp32 --artifact ${'a'.repeat(64)} ${rest}`,
  )
  const more = ['a', 'b'].map((letter) => ({
    ...{ backend: 'onnxruntime' as const, precision: 'fp16' as const, options: {} },
    artifact: letter.repeat(64),
  }))
  expect(repeatCommand({ ...plan, candidates: more })).toBe(
    `enginebench run --model digits --artifact ${'a'.repeat(64)},${'b'.repeat(64)} ${rest}`,
  )
})
