import { expect, it } from 'vitest'
import { conversionTargetSchema } from '../../../shared/domain/artifact-kind.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { defaultCalibration, defaultEngineOptions, type Recipe } from '../../../shared/domain/recipe.ts'
import {
  calibrationFor,
  checkRecipe,
  convertCommand,
  defaultRecipe,
  recipeSteps,
  repeatedBuilds,
} from '../../../shared/planning/recipe.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

const manifest = exampleManifest()
const dynamic = exampleManifest({ input: { ...manifest.input, dynamicSize: true, sizeMultiple: 32 } })
const ownFp16: Partial<ModelManifest> = {
  source: { library: 'file', repository: '/own.onnx', revision: null, weightsFile: null },
  artifacts: [{ kind: 'onnx', precision: 'fp16', file: 'model.onnx', sha256: '0'.repeat(64), opset: 13 }],
}
const ownFp32: Partial<ModelManifest> = {
  source: { library: 'file', repository: '/own.onnx', revision: null, weightsFile: null },
  artifacts: [{ kind: 'onnx', precision: 'fp32', file: 'model.onnx', sha256: '0'.repeat(64), opset: 17 }],
}
const fp16 = defaultRecipe(manifest, 'tensorrt', 'fp16')
const int8 = defaultRecipe(manifest, 'tensorrt', 'int8')
const codes = (recipe: Recipe, model = manifest) => checkRecipe(recipe, model).refusals.map(({ code }) => code)

it('finds nothing wrong with the recipe of one click, whatever its target and precision', () => {
  const recipes = [
    defaultRecipe(manifest, 'onnx', 'fp32'),
    defaultRecipe(manifest, 'openvino', 'int8'),
    defaultRecipe(manifest, 'tensorrt', 'tf32'),
    defaultRecipe(manifest, 'tensorrt', 'int8', 'fp16'),
    fp16,
  ]
  expect(recipes.map((recipe) => checkRecipe(recipe, manifest))).toEqual(
    recipes.map(() => ({ refusals: [], warnings: [] })),
  )
})

it.each<[string, Recipe, string]>([
  ['a profile out of order', { ...fp16, batch: { min: 1, opt: 16, max: 8 } }, 'bad-profile'],
  ['a size of a model that has one', { ...fp16, size: { min: 4, opt: 4, max: 4 } }, 'bad-profile'],
  ['TF32 of a graph', defaultRecipe(manifest, 'onnx', 'tf32'), 'unsupported-precision'],
  ['BF16 of OpenVINO', defaultRecipe(manifest, 'openvino', 'bf16'), 'unsupported-precision'],
  ['INT8 of TensorRT-RTX', defaultRecipe(manifest, 'tensorrt-rtx', 'int8'), 'unsupported-precision'],
  ['INT8 without calibration', { ...int8, calibration: null }, 'no-calibration-images'],
  ['INT8 among FP16 at an old opset', { ...int8, elsewhere: 'fp16' }, 'bad-recipe'],
  ['INT8 without a word of the rest', { ...int8, elsewhere: null }, 'bad-recipe'],
  [
    'asymmetric INT8 for TensorRT',
    { ...int8, calibration: { ...defaultCalibration, scheme: 'asymmetric' } },
    'bad-recipe',
  ],
  [
    'an overflow fix for a GPU',
    { ...int8, calibration: { ...defaultCalibration, overflowFix: 'enable' } },
    'bad-recipe',
  ],
  [
    'a fix of only the first layer without OpenVINO',
    {
      ...defaultRecipe(manifest, 'onnx', 'int8'),
      calibration: { ...defaultCalibration, overflowFix: 'first-layer' },
    },
    'bad-recipe',
  ],
  ['calibration of FP16', { ...fp16, calibration: int8.calibration }, 'bad-recipe'],
  ['sensitivity of FP16', { ...fp16, sensitivity: true }, 'bad-recipe'],
  ['an engine without options', { ...fp16, engine: null }, 'bad-recipe'],
  ['options of an ONNX file', { ...defaultRecipe(manifest, 'onnx', 'fp16'), engine: fp16.engine }, 'bad-recipe'],
])('refuses %s', (_name, recipe, code) => {
  expect(codes(recipe)).toEqual([code])
})

it('refuses operators that nothing here computes unless TensorRT gets a library for them, and what must run them first', () => {
  const custom = exampleManifest({ ...ownFp32, customOperators: ['my.company::Sharpen', 'my.company::Blur'] })
  const plugin = { name: 'libmine.so', sha256: 'a'.repeat(64) }
  const withPlugin = (recipe: Recipe): Recipe => ({ ...recipe, engine: { ...defaultEngineOptions, plugin } })
  const told = (recipe: Recipe) =>
    checkRecipe(recipe, custom).refusals.map(({ code, message, remedy }) => [code, message, remedy])
  const named =
    'Tiny has operators that are not part of ONNX: my.company::Sharpen, my.company::Blur. Only TensorRT computes them, with a plugin library that has them.'
  expect(told(withPlugin(fp16))).toEqual([])
  expect(told(fp16)).toEqual([
    [
      'unsupported-operator',
      named,
      'Name the library with --plugin FILE --trust-plugin, or under Plugin library in the Convert form.',
    ],
  ])
  expect(told(defaultRecipe(manifest, 'onnx', 'fp16'))).toEqual([
    [
      ...['unsupported-operator', named],
      'Convert it to TensorRT, and name the library with --plugin FILE --trust-plugin, or under Plugin library in the Convert form.',
    ],
  ])
  expect(told(withPlugin(int8))).toEqual([
    [
      'unsupported-operator',
      'INT8 is calibrated by running the model in ONNX Runtime, which does not have my.company::Sharpen, my.company::Blur.',
      'Choose a precision that is not calibrated: FP32, TF32, FP16, BF16 or INT4 weights.',
    ],
  ])
})

it('keeps weights to 7 bits where processors without VNNI may run the graph, and nowhere else', () => {
  const fixes = conversionTargetSchema.options.map((to) => [to, defaultRecipe(manifest, to, 'int8').calibration])
  expect(Object.fromEntries(fixes)).toEqual({
    onnx: { ...defaultCalibration, overflowFix: 'enable' },
    onnxruntime: { ...defaultCalibration, overflowFix: 'enable' },
    tensorrt: defaultCalibration,
    'tensorrt-rtx': defaultCalibration,
    openvino: defaultCalibration,
  })
})

it('a calibration keeps what another target offers too, and takes the standard of that target for the rest', () => {
  const chosen = { ...defaultCalibration, scheme: 'asymmetric', overflowFix: 'first-layer' } as const
  expect(calibrationFor({ to: 'openvino', precision: 'int8' }, chosen)).toEqual(chosen)
  expect(calibrationFor({ to: 'onnx', precision: 'int8' }, chosen)).toEqual({ ...chosen, overflowFix: 'enable' })
  expect(calibrationFor({ to: 'tensorrt', precision: 'int8' }, chosen)).toEqual(defaultCalibration)
})

it('FP8 has FP16 around it, one method, and an opset that has the type', () => {
  const fp8 = defaultRecipe(manifest, 'tensorrt', 'fp8')
  expect(fp8).toMatchObject({ elsewhere: 'fp16', opset: 20, calibration: defaultCalibration })
  expect(codes(fp8)).toEqual([])
  expect(codes({ ...fp8, calibration: { ...defaultCalibration, method: 'entropy' } })).toEqual(['bad-recipe'])
  expect(codes({ ...fp8, calibration: null })).toEqual(['no-calibration-images'])
  expect(checkRecipe({ ...fp8, opset: 17 }, manifest).refusals.map(({ message }) => message)).toEqual([
    'FP8 with FP16 layers needs opset 19 or later; this graph has opset 17.',
  ])
  const chosen = { ...defaultCalibration, method: 'entropy', scheme: 'asymmetric', imageLimit: 9 } as const
  expect(calibrationFor(fp8, chosen)).toEqual({ ...defaultCalibration, imageLimit: 9 })
})

it('INT4 weights are not calibrated, and need the newest opset', () => {
  const int4 = defaultRecipe(manifest, 'tensorrt', 'int4-weights')
  expect(int4).toMatchObject({ elsewhere: null, opset: 20, calibration: null })
  expect(codes(int4)).toEqual([])
  expect(codes({ ...int4, opset: 19 })).toEqual(['bad-recipe'])
  expect(codes({ ...int4, calibration: defaultCalibration })).toEqual(['bad-recipe'])
  expect(codes(defaultRecipe(manifest, 'openvino', 'int4-weights'))).toEqual(['unsupported-precision'])
})

it('takes sizes that are multiples of what the model takes, and no others', () => {
  expect(codes({ ...fp16, size: { min: 320, opt: 640, max: 1280 } }, dynamic)).toEqual([])
  expect(checkRecipe({ ...fp16, size: { min: 320, opt: 650, max: 1280 } }, dynamic).refusals).toEqual([
    {
      code: 'bad-profile',
      stage: 'plan',
      message: 'Tiny takes sizes that are multiples of 32, and 650 is not.',
      remedy: 'Use 672 instead.',
      cause: null,
    },
  ])
})

it('makes a file of the user’s no wider than it is, and takes its batch as it is', () => {
  const own = exampleManifest({ ...ownFp16, optimizationProfile: { min: 2, opt: 2, max: 2 } })
  expect(codes(defaultRecipe(own, 'tensorrt', 'fp16'), own)).toEqual([])
  expect(codes(defaultRecipe(own, 'tensorrt', 'fp32'), own)).toEqual(['bad-recipe'])
  expect(codes({ ...fp16, batch: { min: 1, opt: 2, max: 4 } }, own)).toEqual(['bad-profile'])
})

it('warns of few calibration images, of split normalizations and of what BF16 costs', () => {
  const keeping = exampleManifest({ keepInFp32: [{ operator: 'LayerNormalization', reason: 'overflow' }] })
  const few: Recipe = { ...int8, calibration: { method: 'entropy', imageFolder: null, imageLimit: 20 } }
  expect(checkRecipe(few, manifest).warnings).toEqual(['Calibrated on 20 images; 500 are recommended.'])
  expect(checkRecipe({ ...fp16, opset: 16 }, keeping).warnings).toHaveLength(1)
  expect(checkRecipe({ ...fp16, precision: 'bf16' }, manifest).warnings).toHaveLength(1)
})

it('takes only the steps that a recipe needs', () => {
  expect(recipeSteps({ ...int8, sensitivity: true })).toEqual([
    'export',
    'simplify',
    'precision',
    'sensitivity',
    'engine',
    'parity',
  ])
  expect(recipeSteps({ ...defaultRecipe(manifest, 'onnx', 'fp32'), simplify: false })).toEqual(['export', 'parity'])
  expect(recipeSteps(defaultRecipe(manifest, 'openvino', 'int8'))).toEqual(['export', 'simplify', 'engine', 'parity'])
})

it('each build has a number of its own, and none shares timings with another', () => {
  const recipe = defaultRecipe(exampleManifest(), 'tensorrt', 'fp32')
  const engine = { ...recipe.engine, timingCache: false }
  expect(repeatedBuilds(recipe, 4, 2)).toEqual([
    { ...recipe, engine, build: 4 },
    { ...recipe, engine, build: 5 },
  ])
})

it('the command names model, target and precision, and quotes a path that needs it', () => {
  expect(convertCommand('clip-vit-b32', 'tensorrt', 'fp16')).toBe(
    'enginebench convert --model clip-vit-b32 --to tensorrt --precision fp16',
  )
  expect(convertCommand("/my models/it's.onnx", 'onnx', 'int8')).toBe(
    "enginebench convert --model '/my models/it'\\''s.onnx' --to onnx --precision int8",
  )
})
