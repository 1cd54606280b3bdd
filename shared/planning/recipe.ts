// A recipe: what one click asks for, its steps, its command line, its refusals and its warnings. Pure: what this
// machine has (Python, TensorRT, images) is checked elsewhere.
import { artifactKinds, type ConversionTarget, rowOfTarget } from '../domain/artifact-kind.ts'
import { builderOf, isBuiltOnGpu } from '../domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../domain/bench-error.ts'
import type { ConversionStepName } from '../domain/conversion.ts'
import { type Device, deviceKindOf } from '../domain/device.ts'
import type { ModelManifest } from '../domain/model.ts'
import { type OverflowFix, overflowFixes } from '../domain/overflow-fix.ts'
import { isCalibrated, type Precision, precisionLabel } from '../domain/precision.ts'
import {
  advisedCalibrationImages,
  type Calibration,
  defaultCalibration,
  defaultEngineOptions,
  type OptimizationRange,
  type Recipe,
  recipeSchemaVersion,
} from '../domain/recipe.ts'
import { customOperatorRefusals } from './custom-operators.ts'
import { shapeRefusals } from './input-shapes.ts'
import { shellWord } from './shell-word.ts'

/** For precisions that the model's own opset is too old for: every precision and both exporters take it. */
export const modernOpset = 20

/**
 * The recipe of one click: the model's own opset, batch sizes and operators to keep, and defaults for the rest.
 * @param elsewhere precision of the layers outside INT8 or FP8; ignored for other precisions.
 */
export function defaultRecipe(
  manifest: ModelManifest,
  to: ConversionTarget,
  precision: Precision,
  elsewhere: 'fp32' | 'fp16' = standardElsewhere(precision),
): Recipe {
  const calibrated = isCalibrated(precision)
  const layers = { precision, elsewhere: calibrated ? elsewhere : null }
  return {
    schemaVersion: recipeSchemaVersion,
    model: manifest.id,
    weights: { kind: 'auto' },
    seed: 1,
    to,
    ...layers,
    opset: manifest.defaultOpset < oldestOpset(layers) ? modernOpset : manifest.defaultOpset,
    simplify: true,
    batch: manifest.optimizationProfile,
    size: null,
    keepOperators: null,
    keepNodes: [],
    calibration: calibrated ? calibrationFor({ to, precision }, defaultCalibration) : null,
    sensitivity: false,
    engine: to === 'onnx' ? null : defaultEngineOptions,
    expected: [],
  }
}

/** FP8 is multiplied into 16 bits anyway. */
export function standardElsewhere(precision: Precision): 'fp32' | 'fp16' {
  return precision === 'fp8' ? 'fp16' : 'fp32'
}

/** 0 for any. Older opsets have no FP16 scales and no FP8; INT4 weights raise this one by one. */
export function oldestOpset({ precision, elsewhere }: Pick<Recipe, 'precision' | 'elsewhere'>): number {
  if (precision === 'int4-weights') return modernOpset
  return precision === 'fp8' || elsewhere === 'fp16' ? 19 : 0
}

/**
 * The same calibration for another target or precision, which may lack what the first one offers: a choice that it
 * lacks becomes its standard. FP8 has one method and nothing to choose.
 */
export function calibrationFor(
  { to, precision }: Pick<Recipe, 'to' | 'precision'>,
  { scheme, overflowFix, ...common }: Calibration,
): Calibration {
  if (precision === 'fp8') return { ...common, method: defaultCalibration.method }
  const { takesAsymmetric, overflowFix: offered } = rowOfTarget(to)
  const fix = offered.choices.find((choice) => choice === overflowFix) ?? offered.standard
  return {
    ...common,
    ...(scheme !== undefined && takesAsymmetric && { scheme }),
    ...(fix !== null && { overflowFix: fix }),
  }
}

/** `enable for onnx, …, otherwise the library's` */
export function standardOverflowFixes(): string {
  const named = Object.values(artifactKinds).flatMap(({ target, overflowFix: { standard } }) =>
    standard === null ? [] : `${standard} for ${target}`,
  )
  return [...named, "otherwise the library's"].join(', ')
}

export function recipeSteps(recipe: Recipe): readonly ConversionStepName[] {
  const steps: ConversionStepName[] = ['export']
  if (recipe.simplify) steps.push('simplify')
  if (transformsGraph(recipe)) {
    steps.push('precision')
    if (recipe.sensitivity) steps.push('sensitivity')
  }
  if (builderOf(recipe.to) !== null) steps.push('engine')
  return [...steps, 'parity']
}

/** FP32 and TF32 use the graph as it is, and so does a builder that lowers the precision by itself. */
export function transformsGraph({ precision, to }: Pick<Recipe, 'precision' | 'to'>): boolean {
  return !rowOfTarget(to).lowersPrecision && precision !== 'fp32' && precision !== 'tf32'
}

/**
 * The same recipe built several times. Builders choose kernels by timing them, so two builds of one model may differ in
 * speed; no build comes from the cache, and none starts from another's timings.
 * @param first number of the first build; the next free one, so that none is found already made.
 */
export function repeatedBuilds(recipe: Recipe, first: number, count: number): readonly Recipe[] {
  const engine = recipe.engine === null ? null : { ...recipe.engine, timingCache: false }
  return Array.from({ length: count }, (_, index) => ({ ...recipe, engine, build: first + index }))
}

/** The command that makes a plan's missing artifact; on a card other than the first only if `device` names it. */
export function convertCommand(
  model: string,
  to: ConversionTarget,
  precision: Precision,
  device: Device = 'cuda',
): string {
  const card = device === 'cuda' || device === 'cpu' ? '' : ` --device ${device}`
  return `enginebench convert --model ${shellWord(model)} --to ${to} --precision ${precision}${card}`
}

export interface RecipeCheck {
  readonly refusals: readonly BenchErrorRecord[]
  readonly warnings: readonly string[]
}

const layerNormalizationOpset = 17
const brainFloatOpset = 22

export function checkRecipe(recipe: Recipe, manifest: ModelManifest): RecipeCheck {
  const refusals = [
    ...customOperatorRefusals(recipe, manifest),
    ...precisionRefusals(recipe),
    ...deviceRefusals(recipe),
    ...opsetRefusals(recipe, manifest),
    ...ownFileRefusals(recipe, manifest),
    ...batchRefusals(recipe.batch, manifest),
    ...sizeRefusals(recipe.size, manifest),
    ...openSizeRefusals(recipe, manifest),
  ]
  return { refusals: refusals.map(({ record }) => record), warnings: recipeWarnings(recipe, manifest) }
}

function precisionRefusals(recipe: Recipe): readonly BenchError[] {
  const { to, precision, elsewhere, calibration, sensitivity, engine } = recipe
  const isInt8 = precision === 'int8'
  const calibrated = isCalibrated(precision)
  const target = rowOfTarget(to)
  const found: BenchError[] = []
  if (!target.precisions.includes(precision)) {
    const offered = target.precisions.map(precisionLabel).join(', ')
    const why = precision === 'tf32' ? ': TF32 is a switch of GPU engines' : ''
    const message = `${precisionLabel(precision)} is not available for the target "${target.label}"${why}.`
    found.push(refused('unsupported-precision', message, `Choose one of ${offered}.`))
  }
  if (calibrated && calibration === null) {
    found.push(
      refused(
        'no-calibration-images',
        `${precisionLabel(precision)} needs calibration images, and the recipe names none.`,
        `Name a folder of images like those that the model will process; ${advisedCalibrationImages} are recommended.`,
      ),
    )
  }
  if (!calibrated && calibration !== null) {
    found.push(badRecipe('Only INT8 and FP8 are calibrated.', 'Remove the calibration.'))
  }
  if (calibrated !== (elsewhere !== null)) {
    found.push(
      calibrated
        ? badRecipe(
            `${precisionLabel(precision)} needs a precision for the other layers.`,
            'Choose FP32 or FP16 for them.',
          )
        : badRecipe('Only INT8 and FP8 have a second precision for the other layers.', 'Remove it.'),
    )
  }
  if (isInt8 && elsewhere === 'fp16' && target.lowersPrecision) {
    const message = `${target.library} calibrates INT8 itself and keeps the other layers in FP32.`
    found.push(badRecipe(message, 'Choose FP32 for the other layers.'))
  }
  if (isInt8 && calibration?.scheme === 'asymmetric' && !target.takesAsymmetric) {
    const message = `${target.label} takes only symmetric INT8.`
    found.push(
      badRecipe(message, 'Choose symmetric INT8, or a target that takes both: ONNX, ONNX Runtime or OpenVINO.'),
    )
  }
  if (precision === 'fp8' && calibration !== null && hasChoicesOfInt8(calibration)) {
    found.push(
      badRecipe('FP8 takes its scales from the largest values (min-max) and offers no other choice.', 'Remove it.'),
    )
  }
  const fix = isInt8 ? calibration?.overflowFix : undefined
  if (fix !== undefined && !target.overflowFix.choices.includes(fix)) found.push(lackingOverflowFix(target, fix))
  if (sensitivity && !(isInt8 && transformsGraph(recipe))) {
    found.push(
      badRecipe('Sensitivity can only be measured on an INT8 graph.', 'Remove it, or convert to INT8 as ONNX.'),
    )
  }
  if ((engine !== null) !== (builderOf(to) !== null)) {
    found.push(
      engine === null
        ? badRecipe(`The target "${target.label}" needs builder options.`, 'Use the defaults.')
        : badRecipe('An ONNX file takes no builder options.', 'Remove the engine options.'),
    )
  }
  if (engine?.plugin !== undefined && to !== 'tensorrt') {
    found.push(badRecipe('Only TensorRT loads a plugin library.', 'Remove it, or convert to TensorRT.'))
  }
  return found
}

function lackingOverflowFix(
  { label, overflowFix: { choices } }: ReturnType<typeof rowOfTarget>,
  fix: OverflowFix,
): BenchError {
  if (choices.length === 0) {
    return badRecipe(`${label} needs no overflow fix: a GPU adds INT8 products in 32 bits.`, 'Remove it.')
  }
  const message = `The target "${label}" cannot keep the weights of ${overflowFixes[fix]} to 7 bits.`
  return badRecipe(message, `Choose ${choices.join(' or ')}.`)
}

function deviceRefusals({ to, device }: Recipe): readonly BenchError[] {
  if (device === undefined) return []
  const { label } = rowOfTarget(to)
  if (!isBuiltOnGpu(to)) {
    return [badRecipe(`The target "${label}" is not built on a GPU.`, 'Remove the device.')]
  }
  if (deviceKindOf(device) === 'cuda') return []
  return [badRecipe(`${label} builds only on a GPU.`, 'Choose cuda, cuda:1, or the UUID of a GPU.')]
}

function hasChoicesOfInt8({ method, scheme, overflowFix }: Calibration): boolean {
  return method !== defaultCalibration.method || scheme === 'asymmetric' || overflowFix !== undefined
}

function opsetRefusals(recipe: Recipe, manifest: ModelManifest): readonly BenchError[] {
  const oldest = oldestOpset(recipe)
  const graphOpset = opsetOfFile(manifest) ?? recipe.opset
  if (graphOpset >= oldest) return []
  const what = `${precisionLabel(recipe.precision)}${recipe.elsewhere === 'fp16' ? ' with FP16 layers' : ''}`
  const message = `${what} needs opset ${oldest} or later; this graph has opset ${graphOpset}.`
  return [badRecipe(message, `Choose opset ${modernOpset}, or another precision.`)]
}

/** A user's own file is not exported, and never converted to a wider type. */
function ownFileRefusals({ precision }: Recipe, manifest: ModelManifest): readonly BenchError[] {
  const stored = manifest.source.library === 'file' ? manifest.artifacts[0]?.precision : undefined
  if (stored === undefined || stored === 'fp32' || stored === precision) return []
  const message = `${manifest.name} is stored in ${precisionLabel(stored)} and cannot be converted to ${precisionLabel(precision)}.`
  return [badRecipe(message, `Convert it as ${precisionLabel(stored)}, or start from its FP32 file.`)]
}

function batchRefusals(batch: OptimizationRange, manifest: ModelManifest): readonly BenchError[] {
  if (!isOrdered(batch)) return [badProfile('batch sizes', batch)]
  const { min, max } = manifest.optimizationProfile
  const isFixed = manifest.source.library === 'file' && min === max
  if (!isFixed || (batch.min === min && batch.max === max)) return []
  const message = `${manifest.name} only takes batches of ${min}.`
  return [refused('bad-profile', message, `Use ${min}:${min}:${min}, or export the model with a dynamic batch.`)]
}

function sizeRefusals(size: OptimizationRange | null, manifest: ModelManifest): readonly BenchError[] {
  if (size === null) return []
  const { dynamicSize, sizeMultiple, height, width } = manifest.input
  if (!dynamicSize) {
    const message =
      height === null
        ? `${manifest.name} takes no pictures.`
        : `${manifest.name} only takes images of ${width} × ${height} pixels.`
    return [refused('bad-profile', message, 'Remove the size.')]
  }
  if (!isOrdered(size)) return [badProfile('sizes', size)]
  const odd = [size.min, size.opt, size.max].find((pixels) => pixels % sizeMultiple !== 0)
  if (odd === undefined) return []
  const message = `${manifest.name} takes sizes that are multiples of ${sizeMultiple}, and ${odd} is not.`
  return [refused('bad-profile', message, `Use ${Math.ceil(odd / sizeMultiple) * sizeMultiple} instead.`)]
}

/** Sizes that only a run's --shapes could state. */
function openSizeRefusals({ batch, size }: Recipe, manifest: ModelManifest): readonly BenchError[] {
  const plan = { inputSize: size?.opt ?? null, batchSizes: [batch.opt] }
  return shapeRefusals(plan, manifest).map(
    ({ message }) =>
      new BenchError({
        ...{ code: 'bad-profile', stage: 'plan', message, cause: null },
        remedy: 'Export the model with these sizes fixed: a conversion takes only what the file says.',
      }),
  )
}

function recipeWarnings(recipe: Recipe, manifest: ModelManifest): readonly string[] {
  const { calibration, precision, opset } = recipe
  const warnings: string[] = []
  if (calibration !== null && calibration.imageLimit < advisedCalibrationImages) {
    warnings.push(fewCalibrationImages(calibration.imageLimit))
  }
  const keepsNormalization = manifest.keepInFp32.some(({ operator }) => operator === 'LayerNormalization')
  if ((opsetOfFile(manifest) ?? opset) < layerNormalizationOpset && keepsNormalization) {
    warnings.push(
      `Below opset ${layerNormalizationOpset}, layer normalization is split into many small operators: it cannot be kept in FP32 as a whole and may overflow in FP16.`,
    )
  }
  if (precision === 'bf16' && transformsGraph(recipe)) {
    warnings.push(
      `BF16 raises the opset to ${brainFloatOpset}, which ONNX Runtime cannot run on a CPU, so its parity is not judged here.`,
    )
  }
  return warnings
}

export function fewCalibrationImages(count: number): string {
  return `Calibrated on ${count} image${count === 1 ? '' : 's'}; ${advisedCalibrationImages} are recommended.`
}

/** Precision of the user's own file; null for an exported one. */
function opsetOfFile(manifest: ModelManifest): number | null {
  return manifest.source.library === 'file' ? (manifest.artifacts[0]?.opset ?? null) : null
}

function isOrdered({ min, opt, max }: OptimizationRange): boolean {
  return min <= opt && opt <= max
}

function badProfile(what: string, { min, opt, max }: OptimizationRange): BenchError {
  const message = `The ${what} ${min}:${opt}:${max} are out of order.`
  return refused('bad-profile', message, 'Give the smallest, the one to optimize for, and the largest, in that order.')
}

function badRecipe(message: string, remedy: string): BenchError {
  return refused('bad-recipe', message, remedy)
}

function refused(
  code: 'bad-recipe' | 'bad-profile' | 'unsupported-precision' | 'no-calibration-images',
  message: string,
  remedy: string,
): BenchError {
  return new BenchError({ code, stage: 'plan', message, remedy })
}
