import { expect, test } from 'vitest'
import { consistent } from '../../../renderer/state/recipe-draft.ts'
import { exampleRecipe } from '../example-conversions.ts'

test('INT8 brings calibration, and leaving it takes everything of it along', () => {
  const fp16 = exampleRecipe('clip-vit-b32', 'tensorrt', 'fp16')
  const int8 = consistent({ ...fp16, precision: 'int8' })
  expect(int8).toEqual(exampleRecipe('clip-vit-b32', 'tensorrt', 'int8'))
  expect(consistent({ ...int8, precision: 'fp16', sensitivity: true })).toEqual(fp16)
})

test('FP16 elsewhere raises an opset without FP16 scales, and leaves one that has them', () => {
  const int8 = exampleRecipe('clip-vit-b32', 'tensorrt', 'int8')
  expect(consistent({ ...int8, elsewhere: 'fp16' }).opset).toBe(20)
  expect(consistent({ ...int8, elsewhere: 'fp16', opset: 19 }).opset).toBe(19)
})

test('OpenVINO quantizes by itself: no FP16 elsewhere and no sensitivity', () => {
  const int8 = exampleRecipe('clip-vit-b32', 'tensorrt', 'int8', { elsewhere: 'fp16', sensitivity: true })
  const { elsewhere, sensitivity } = consistent({ ...int8, to: 'openvino' })
  expect({ elsewhere, sensitivity }).toEqual({ elsewhere: 'fp32', sensitivity: false })
})

test('an ONNX file has no options of a builder', () => {
  expect(consistent({ ...exampleRecipe('clip-vit-b32', 'tensorrt', 'fp16'), to: 'onnx' }).engine).toBeNull()
})

test('a card stays chosen as long as the target is built on a GPU', () => {
  const chosen = exampleRecipe('clip-vit-b32', 'tensorrt', 'fp16', { device: 'cuda:1' })
  expect(consistent(chosen)).toEqual(chosen)
  expect('device' in consistent({ ...chosen, to: 'openvino' })).toBe(false)
})

test('leaving INT8 for FP8 keeps the images, and drops what FP8 does not offer', () => {
  const int8 = exampleRecipe('clip-vit-b32', 'onnx', 'int8', { sensitivity: true })
  const images = { imageFolder: '/photos', imageLimit: 64 }
  const fp8 = consistent({ ...int8, precision: 'fp8', calibration: { method: 'entropy', ...images } })
  expect(fp8).toMatchObject({ calibration: { method: 'min-max', ...images }, sensitivity: false, opset: 20 })
  expect(consistent({ ...fp8, precision: 'int8' }).calibration).toEqual({
    ...{ method: 'min-max', ...images },
    overflowFix: 'enable',
  })
})
