import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { engineKey, ownFileKey, precisionKey, simplifyKey } from '../../../electron/conversions/step-artifacts.ts'
import { valueSha256 } from '../../../electron/inputs/file-hash.ts'
import { exportKey } from '../../../electron/inputs/onnx-artifact.ts'
import type { PreparedImageSet } from '../../../electron/parity/image-sets.ts'
import { conversionTargetSchema, rowOfTarget } from '../../../shared/domain/artifact-kind.ts'
import { type ModelManifest, modelManifestSchema } from '../../../shared/domain/model.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import { defaultRecipe, recipeSteps } from '../../../shared/planning/recipe.ts'

const tools = { python: '3.12.3', torch: '2.13.0', onnx: '1.20.0', onnxslim: '0.1.80' }
const gpus = 'NVIDIA H200, compute capability 9.0, driver 580.95'
/** TensorRT-RTX called itself "TensorRT for RTX" when these keys were recorded. */
const libraries: Readonly<Record<Recipe['to'], string>> = {
  onnx: '',
  onnxruntime: '1.26.0',
  tensorrt: 'TensorRT 11.4.0.106',
  'tensorrt-rtx': 'TensorRT-RTX plugin 0.5.0',
  openvino: 'OpenVINO 2026.1.0',
}
const calibrationSha256 = 'c'.repeat(64)
const calibration = { input: { sha256: calibrationSha256 } } as PreparedImageSet

function manifestOf(id: string): ModelManifest {
  return modelManifestSchema.parse(JSON.parse(readFileSync(`models/${id}/model.json`, 'utf8')))
}

/** Every step of a recipe with the first 16 digits of its key; the sha256 of what a step gives is taken to be its key. */
async function keysOf(recipe: Recipe, manifest: ModelManifest, library: string): Promise<string> {
  const seeded = { origin: 'seeded', folder: null, seed: recipe.seed, sha256: null, reason: '' } as const
  const images = recipe.calibration === null ? null : calibration
  const told: string[] = [`recipe ${valueSha256(recipe).slice(0, 16)}`]
  let sha256 = ''
  for (const step of recipeSteps(recipe)) {
    if (step === 'export') sha256 = await exportKey({ manifest, weights: seeded, opset: recipe.opset }, tools)
    if (step === 'simplify') sha256 = simplifyKey({ sha256 }, tools)
    if (step === 'precision') {
      sha256 = precisionKey({ source: { sha256 }, recipe, manifest, calibration: images, tools })
    }
    if (step === 'engine') {
      const own = recipe.to === 'openvino' ? images : null
      sha256 = engineKey({ source: { sha256 }, recipe, manifest, calibration: own, library, gpus })
    }
    const hasNoKey = step === 'sensitivity' || step === 'parity'
    told.push(hasNoKey ? step : `${step} ${sha256.slice(0, 16)}`)
  }
  return told.join(', ')
}

async function allKeys(): Promise<Readonly<Record<string, string>>> {
  const keys: Record<string, string> = {}
  for (const id of ['digits', 'detr-resnet-50', 'yolo11n']) {
    const manifest = manifestOf(id)
    const note = async (name: string, recipe: Recipe, library = libraries[recipe.to]) => {
      keys[`${id} ${name}`] = await keysOf(recipe, manifest, library)
    }
    for (const to of conversionTargetSchema.options) {
      for (const precision of rowOfTarget(to).precisions) {
        await note(`${to} ${precision}`, defaultRecipe(manifest, to, precision))
      }
      if (to === 'openvino') continue
      await note(`${to} int8 among fp16`, defaultRecipe(manifest, to, 'int8', 'fp16'))
    }
    const engine = defaultRecipe(manifest, 'tensorrt', 'fp16')
    await note('tensorrt fp16, third build', { ...engine, build: 3 })
    await note('tensorrt fp16, sizes', { ...engine, size: { min: 320, opt: 640, max: 1280 } })
    await note('tensorrt fp16, not simplified, own operators', {
      ...engine,
      simplify: false,
      keepOperators: ['Softmax', 'Add'],
      keepNodes: ['/b', '/a'],
    })
    const int8 = { ...defaultRecipe(manifest, 'onnx', 'int8'), sensitivity: true }
    await note('onnx int8, sensitivity', int8)
    await note('tensorrt fp16, test builder', engine, 'TensorRT-RTX 1.7.1, test builder')
  }
  keys['own file'] = ownFileKey('a'.repeat(64)).slice(0, 16)
  return keys
}

it('gives every step of every recipe the key that it had before, so that what was made is found again', async () => {
  const file = 'test/electron/conversions/step-keys.golden.json'
  await expect(`${JSON.stringify(await allKeys(), null, 2)}\n`).toMatchFileSnapshot(`${process.cwd()}/${file}`)
})
