import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { recipeFromOptions } from '../../../electron/cli/recipe-options.ts'
import { defaultRecipe } from '../../../shared/planning/recipe.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

const manifest = exampleManifest()

test('with a target alone everything else is the recipe of one click', () => {
  expect(recipeFromOptions({ to: 'tensorrt' }, manifest, manifest.id, 'fp16')).toEqual(
    defaultRecipe(manifest, 'tensorrt', 'fp16'),
  )
})

test('every option finds its place, and paths become absolute', () => {
  const options = {
    to: 'tensorrt',
    weights: 'weights/clip',
    seed: '7',
    elsewhere: 'fp16',
    batch: '1:8:16',
    size: '480:800:1216',
    keepOperators: 'Softmax,LayerNormalization',
    keepNodes: '/head/MatMul',
    simplify: false,
    calibrationImages: 'photos',
    calibrationMethod: 'entropy',
    calibrationLimit: '100',
    sensitivity: true,
    workspaceGib: '2.5',
    optimizationLevel: '5',
    timingCache: false,
    versionCompatible: true,
    hardwareCompatible: true,
  }
  expect(recipeFromOptions(options, manifest, '/models/own.onnx', 'int8')).toEqual({
    schemaVersion: 1,
    model: '/models/own.onnx',
    weights: { kind: 'folder', folder: resolve('weights/clip') },
    seed: 7,
    to: 'tensorrt',
    precision: 'int8',
    elsewhere: 'fp16',
    opset: 20,
    simplify: false,
    batch: { min: 1, opt: 8, max: 16 },
    size: { min: 480, opt: 800, max: 1216 },
    keepOperators: ['Softmax', 'LayerNormalization'],
    keepNodes: ['/head/MatMul'],
    calibration: { method: 'entropy', imageFolder: resolve('photos'), imageLimit: 100 },
    sensitivity: true,
    engine: {
      workspaceGib: 2.5,
      optimizationLevel: 5,
      timingCache: false,
      versionCompatible: true,
      hardwareCompatible: true,
    },
    expected: [],
  })
})

test('one batch size is the whole range', () => {
  expect(recipeFromOptions({ to: 'onnx', batch: 8 }, manifest, 'digits', 'fp32').batch).toEqual({
    min: 8,
    opt: 8,
    max: 8,
  })
})

test.each([
  ['no target', {}, /needs a target/],
  ['a target that is none', { to: 'magic' }, /--to cannot be magic/],
  ['a range of two', { to: 'onnx', batch: '1:8' }, /--batch cannot be 1:8/],
  ['a range of words', { to: 'onnx', batch: 'one' }, /--batch cannot be one/],
  ['an opset beyond the list', { to: 'onnx', opset: '21' }, /--opset cannot be 21/],
  ['a workspace of nothing', { to: 'tensorrt', workspaceGib: '0' }, /--workspace-gib cannot be 0/],
  ['calibration without INT8', { to: 'onnx', calibrationImages: 'x' }, /--calibration-images goes with/],
  ['FP16 elsewhere without INT8', { to: 'onnx', elsewhere: 'fp16' }, /--elsewhere goes with/],
])('%s is told before anything starts', (_what, options, message) => {
  expect(() => recipeFromOptions(options, manifest, 'digits', 'fp16')).toThrow(message)
})
