import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Typed } from '../../../electron/cli/command.ts'
import { type convertOptions, manifestMisfits, recipeFrom } from '../../../electron/cli/recipe-options.ts'
import { hardwareLevelOf } from '../../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../../shared/planning/recipe.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { faultsOf, typed } from '../../fakes/typed-command.ts'

const manifest = exampleManifest()
const typedConvert = (words: string) => typed(`convert ${words}`).typed as Typed<typeof convertOptions>

test('everything but the target is the recipe of one click', () => {
  expect(recipeFrom(typedConvert('--to tensorrt'), manifest, manifest.id, 'fp16')).toEqual(
    defaultRecipe(manifest, 'tensorrt', 'fp16'),
  )
})

test('every option finds its place, and paths become absolute', () => {
  const words =
    '--to tensorrt --weights weights/clip --seed 7 --elsewhere fp16 --batch 1:8:16 --size 480:800:1216 ' +
    '--keep-operators Softmax,LayerNormalization --keep-nodes /head/MatMul --no-simplify --calibration-images photos ' +
    '--calibration-method entropy --calibration-limit 100 --sensitivity --workspace-gib 2.5 --optimization-level 5 ' +
    '--no-timing-cache --version-compatible --hardware-compatible --device cuda:1'
  expect(recipeFrom(typedConvert(words), manifest, '/models/own.onnx', 'int8')).toEqual({
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
    device: 'cuda:1',
    expected: [],
  })
})

test('one batch size is the whole range', () => {
  const { batch } = recipeFrom(typedConvert('--to onnx --batch 8'), manifest, 'digits', 'fp32')
  expect(batch).toEqual({ min: 8, opt: 8, max: 8 })
})

test('with --precision best, options of INT8 only change the INT8 recipe', () => {
  const typedBest = typedConvert('--to onnx --precision best --sensitivity --calibration-limit 100')
  const recipes = (['fp16', 'int8'] as const).map((precision) => recipeFrom(typedBest, manifest, 'm', precision))
  expect(recipes.map(({ sensitivity, calibration }) => [sensitivity, calibration?.imageLimit])).toEqual([
    [false, undefined],
    [true, 100],
  ])
})

const range = 'Write MIN:OPT:MAX in whole numbers, e.g. 1:8:16, or one number.'
test.each([
  ['', ['convert needs a target. Add --to onnx, onnxruntime, tensorrt, tensorrt-rtx, openvino.']],
  ['--to magic', ['--to cannot be "magic". Choose onnx, onnxruntime, tensorrt, tensorrt-rtx or openvino.']],
  ['--to onnx --batch 1:8 --size one', [`--batch cannot be "1:8". ${range}`, `--size cannot be "one". ${range}`]],
  ['--to onnx --opset 24', ['--opset cannot be "24". Give a whole number from 14 to 23.']],
  ['--to tensorrt --workspace-gib 0', ['--workspace-gib cannot be "0". Give a number above 0, at most 1024.']],
  [
    '--to onnx --precision fp16 --calibration-images x --elsewhere fp16',
    ['elsewhere', 'calibration-images'].map(
      (flag) =>
        `--${flag} does not apply to FP16: only INT8 and FP8 read it. Leave it out, or convert with --precision int8 or fp8.`,
    ),
  ],
  [
    '--to tensorrt --precision fp8 --calibration-images x --calibration-method entropy --sensitivity',
    ['calibration-method', 'sensitivity'].map(
      (flag) => `--${flag} does not apply to FP8: only INT8 reads it. Leave it out, or convert with --precision int8.`,
    ),
  ],
  [
    '--to openvino --device cuda:1',
    ['--device does not apply to --to openvino: only the builder of TensorRT and TensorRT-RTX reads it. Leave it out.'],
  ],
  ['--to tensorrt --device gpu1', ['--device cannot be "gpu1". Choose cpu, cuda, cuda:1, or the UUID of a GPU.']],
  [
    '--to tensorrt --hardware-compatible newer',
    ['--hardware-compatible cannot be "newer". Choose ampere-plus or same-compute-capability.'],
  ],
])('convert %s is refused before anything starts', (words, faults) => {
  expect(faultsOf(`convert --model digits ${words}`.trim())).toEqual(faults)
})

test('what the user’s own file leaves without a meaning is refused', () => {
  const own = { ...manifest, source: { ...manifest.source, library: 'file' as const } }
  const words = '--model a.onnx --to onnx --opset 17 --seed 3 --weights seeded'
  expect(manifestMisfits(typedConvert(words), own).map(({ message }) => message.split(' does not')[0])).toEqual([
    '--opset',
    '--seed',
    '--weights',
  ])
  expect(manifestMisfits(typedConvert(words), manifest)).toEqual([])
})

test('INT8 takes a zero point where that is asked for, and an overflow fix', () => {
  const asked = typedConvert('--to openvino --precision int8 --asymmetric --overflow-fix enable')
  expect(recipeFrom(asked, manifest, 'digits', 'int8').calibration).toEqual({
    ...{ method: 'min-max', imageFolder: null, imageLimit: 500 },
    ...{ scheme: 'asymmetric', overflowFix: 'enable' },
  })
})

test('an overflow fix can be switched off for a graph, and means nothing for a GPU', () => {
  const switchedOff = typedConvert('--to onnx --precision int8 --overflow-fix disable')
  expect(recipeFrom(switchedOff, manifest, 'digits', 'int8').calibration).toEqual({
    ...{ method: 'min-max', imageFolder: null, imageLimit: 500 },
    overflowFix: 'disable',
  })
  expect(faultsOf('convert --model digits --to tensorrt --precision int8 --overflow-fix enable')).toEqual([
    '--overflow-fix does not apply to --to tensorrt: a GPU adds INT8 products in 32 bits. Leave it out.',
  ])
})

test('an engine runs on more cards only where that is asked for, and recipes of earlier versions keep their meaning', () => {
  const compatible = (words: string) => {
    const { engine } = recipeFrom(typedConvert(`--to tensorrt ${words}`), manifest, 'm', 'fp16')
    return engine && [engine.hardwareCompatible, engine.hardwareLevel, hardwareLevelOf(engine)]
  }
  expect([
    compatible(''),
    compatible('--hardware-compatible'),
    compatible('--hardware-compatible ampere-plus'),
    compatible('--hardware-compatible same-compute-capability'),
  ]).toEqual([
    [false, undefined, null],
    [true, undefined, 'ampere-plus'],
    [true, undefined, 'ampere-plus'],
    [true, 'same-compute-capability', 'same-compute-capability'],
  ])
})

test('FP8 reads the images and the precision of the other layers, and nothing else of INT8', () => {
  const words = '--to tensorrt --precision fp8 --calibration-images photos --calibration-limit 100'
  const recipe = recipeFrom(typedConvert(words), manifest, 'digits', 'fp8')
  expect(recipe).toMatchObject({ elsewhere: 'fp16', opset: 20, sensitivity: false })
  expect(recipe.calibration).toEqual({ method: 'min-max', imageFolder: resolve('photos'), imageLimit: 100 })
})
