// Whether a recipe makes sense for a model, before anything is started: what it would be refused for, and what its user
// should know. Pure; what this machine has (Python, TensorRT, images) is checked elsewhere.
import { BenchError, type BenchErrorRecord } from '../domain/bench-error.ts'
import type { ModelManifest } from '../domain/model.ts'
import { precisionLabel } from '../domain/precision.ts'
import { advisedCalibrationImages, type OptimizationRange, type Recipe } from '../domain/recipe.ts'
import { builderOfTarget, precisionsOfTarget, targetLabels, transformsGraph } from './recipe-steps.ts'

export interface RecipeCheck {
  readonly refusals: readonly BenchErrorRecord[]
  readonly warnings: readonly string[]
}

/** Older ones have no FP16 scales of Q and DQ. */
export const oldestHalfScaleOpset = 19
const layerNormalizationOpset = 17
const brainFloatOpset = 22

export function checkRecipe(recipe: Recipe, manifest: ModelManifest): RecipeCheck {
  const refusals = [
    ...precisionRefusals(recipe),
    ...opsetRefusals(recipe, manifest),
    ...ownFileRefusals(recipe, manifest),
    ...batchRefusals(recipe.batch, manifest),
    ...sizeRefusals(recipe.size, manifest),
  ]
  return { refusals: refusals.map(({ record }) => record), warnings: recipeWarnings(recipe, manifest) }
}

function precisionRefusals(recipe: Recipe): readonly BenchError[] {
  const { to, precision, elsewhere, calibration, sensitivity, engine } = recipe
  const isInt8 = precision === 'int8'
  const label = targetLabels[to]
  const found: BenchError[] = []
  if (!precisionsOfTarget[to].includes(precision)) {
    const offered = precisionsOfTarget[to].map(precisionLabel).join(', ')
    const why = precision === 'tf32' && to !== 'tensorrt-rtx' ? ': TF32 is a switch of an engine on a GPU' : ''
    found.push(
      refused(
        'unsupported-precision',
        `${label} is not made in ${precisionLabel(precision)}${why}.`,
        `Choose one of ${offered}.`,
      ),
    )
  }
  if (isInt8 && calibration === null) {
    found.push(
      refused(
        'no-calibration-images',
        'INT8 needs images to calibrate on, and the recipe names none.',
        `Name a folder of images like those that the model will see; ${advisedCalibrationImages} are advised.`,
      ),
    )
  }
  if (!isInt8 && calibration !== null) found.push(badRecipe('Only INT8 is calibrated.', 'Leave the calibration out.'))
  if (isInt8 !== (elsewhere !== null)) {
    found.push(
      isInt8
        ? badRecipe('INT8 needs to know what computes elsewhere.', 'Say FP32 or FP16 for the rest.')
        : badRecipe('Only INT8 has another precision elsewhere.', 'Leave it out.'),
    )
  }
  if (isInt8 && elsewhere === 'fp16' && to === 'openvino') {
    found.push(badRecipe('OpenVINO calibrates by itself and leaves the rest in FP32.', 'Choose FP32 for the rest.'))
  }
  if (sensitivity && !(isInt8 && transformsGraph(recipe))) {
    found.push(
      badRecipe('Sensitivity is measured of an INT8 graph alone.', 'Leave it out, or convert to INT8 as ONNX.'),
    )
  }
  if ((engine !== null) !== (builderOfTarget[to] !== null)) {
    found.push(
      engine === null
        ? badRecipe(`${label} needs the options of its builder.`, 'Leave them at their defaults.')
        : badRecipe('An ONNX file is built by no engine’s builder.', 'Leave the engine’s options out.'),
    )
  }
  return found
}

function opsetRefusals({ precision, elsewhere, opset }: Recipe, manifest: ModelManifest): readonly BenchError[] {
  const graphOpset = opsetOfFile(manifest) ?? opset
  if (precision !== 'int8' || elsewhere !== 'fp16' || graphOpset >= oldestHalfScaleOpset) return []
  const message = `INT8 among FP16 needs opset ${oldestHalfScaleOpset} or later; this is ${graphOpset}.`
  return [badRecipe(message, 'Choose opset 20, or FP32 for the rest.')]
}

/** A file of the user's is what it is: it is not exported again, and never made wider than it is. */
function ownFileRefusals({ precision }: Recipe, manifest: ModelManifest): readonly BenchError[] {
  const stored = manifest.source.library === 'file' ? manifest.artifacts[0]?.precision : undefined
  if (stored === undefined || stored === 'fp32' || stored === precision) return []
  const message = `${manifest.name} is stored in ${precisionLabel(stored)} and cannot be made ${precisionLabel(precision)}.`
  return [badRecipe(message, `Convert it as ${precisionLabel(stored)}, or start from its FP32 file.`)]
}

function batchRefusals(batch: OptimizationRange, manifest: ModelManifest): readonly BenchError[] {
  if (!isOrdered(batch)) return [badProfile('batch sizes', batch)]
  const { min, max } = manifest.optimizationProfile
  const isFixed = manifest.source.library === 'file' && min === max
  if (!isFixed || (batch.min === min && batch.max === max)) return []
  const message = `${manifest.name} takes batches of ${min} alone.`
  return [refused('bad-profile', message, `Use ${min}:${min}:${min}, or export the model with a dynamic batch.`)]
}

function sizeRefusals(size: OptimizationRange | null, manifest: ModelManifest): readonly BenchError[] {
  if (size === null) return []
  const { dynamicSize, sizeMultiple, height, width } = manifest.input
  if (!dynamicSize) {
    const message = `${manifest.name} takes images of ${width} × ${height} alone.`
    return [refused('bad-profile', message, 'Leave the size out.')]
  }
  if (!isOrdered(size)) return [badProfile('sizes', size)]
  const odd = [size.min, size.opt, size.max].find((pixels) => pixels % sizeMultiple !== 0)
  if (odd === undefined) return []
  const message = `${manifest.name} takes sizes that are multiples of ${sizeMultiple}; ${odd} is none.`
  return [refused('bad-profile', message, `Use ${Math.ceil(odd / sizeMultiple) * sizeMultiple} instead.`)]
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
      `Below opset ${layerNormalizationOpset} a layer normalization is many small operators: it cannot be kept in FP32 as one, and may overflow in FP16.`,
    )
  }
  if (precision === 'bf16' && transformsGraph(recipe)) {
    warnings.push(
      `BF16 raises the opset to ${brainFloatOpset}: ONNX Runtime on a processor cannot run it, so that its parity is not judged here.`,
    )
  }
  return warnings
}

export function fewCalibrationImages(count: number): string {
  return `Calibrated on ${count} image${count === 1 ? '' : 's'}; ${advisedCalibrationImages} are advised.`
}

/** Of the user's own file; null for what is exported. */
function opsetOfFile(manifest: ModelManifest): number | null {
  return manifest.source.library === 'file' ? (manifest.artifacts[0]?.opset ?? null) : null
}

function isOrdered({ min, opt, max }: OptimizationRange): boolean {
  return min <= opt && opt <= max
}

function badProfile(what: string, { min, opt, max }: OptimizationRange): BenchError {
  const message = `The ${what} ${min}:${opt}:${max} are out of order.`
  return refused('bad-profile', message, 'Give the smallest, the one to optimize for and the largest, in that order.')
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
