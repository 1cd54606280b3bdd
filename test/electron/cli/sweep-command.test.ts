import { expect, test } from 'vitest'
import { sweepPlanFromOptions } from '../../../electron/cli/sweep-command.ts'
import { sweepPlanSchema } from '../../../shared/domain/sweep.ts'

const defaults = {
  candidates: [{ backend: 'onnxruntime' as const, precision: 'fp32' as const, options: {} }],
  threads: 2,
  imageLimit: 64,
}

test('a sweep takes what is typed, in ascending order and each once', () => {
  const options = { model: 'digits', backends: 'openvino:fp16', batch: '8,1,8', streams: '2,1', point: '0.5' }
  const plan = sweepPlanFromOptions(options, { ...defaults, candidates: [] })
  expect(sweepPlanSchema.parse(plan)).toEqual(plan)
  expect(plan).toEqual({
    ...{ model: 'digits', candidates: [{ backend: 'openvino', precision: 'fp16', options: {} }] },
    ...{ batchSizes: [1, 8], streams: [1, 2], pointMs: 500, imageFolder: null, imageLimit: 64, inputSize: null },
    ...{ weights: { kind: 'auto' }, device: 'cpu', threads: 2, opset: null, seed: 1 },
  })
})

test('where nothing is typed, batches from 1 to 16 are measured on one stream', () => {
  expect(sweepPlanFromOptions({ model: 'digits' }, defaults)).toMatchObject({
    ...{ batchSizes: [1, 2, 4, 8, 16], streams: [1], pointMs: 2000 },
  })
})

test('a stream too many is refused by name', () => {
  expect(() => sweepPlanFromOptions({ model: 'digits', streams: '17' }, defaults)).toThrow('--streams cannot be 17.')
})
