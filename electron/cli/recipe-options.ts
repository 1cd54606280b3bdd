// Turns the options of `convert` into a recipe. Checks form and closed lists; whether the profile makes sense, the
// target takes the precision or the images are there is for the conversion service, which is asked the same by the
// window.

import { resolve } from 'node:path'
import { type ConversionTarget, conversionTargetSchema } from '../../shared/domain/artifact-kind.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import {
  type Calibration,
  calibrationMethodSchema,
  type EngineOptions,
  type OptimizationRange,
  type Recipe,
} from '../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../shared/planning/recipe.ts'
import {
  choiceOption,
  integerOption,
  integerValue,
  listOption,
  numberOption,
  type Options,
  switchOption,
  textOption,
} from './option-value.ts'
import { weightsChoice } from './plan-options.ts'
import { usageError } from './usage-error.ts'

/** Lowest opset whose INT8 scales may be FP16. */
const opsetOfHalfScales = 20

export function targetOption(options: Options): ConversionTarget {
  const target = choiceOption(options, 'to', conversionTargetSchema.options)
  if (target) return target
  throw usageError('convert needs a target.', `Name one by --to: ${conversionTargetSchema.options.join(', ')}.`)
}

/** @param model an id, or an absolute path, as `models.find` took it. */
export function recipeFromOptions(
  options: Options,
  manifest: ModelManifest,
  model: string,
  precision: Precision,
): Recipe {
  const base = defaultRecipe(manifest, targetOption(options), precision)
  const elsewhere = choiceOption(options, 'elsewhere', ['fp32', 'fp16'])
  const calibration = calibrationOf(options, base.calibration)
  if (elsewhere && precision !== 'int8') throw onlyWithInt8('elsewhere')
  const halfScales = elsewhere === 'fp16' ? Math.max(base.opset, opsetOfHalfScales) : base.opset
  return {
    ...base,
    model,
    weights: weightsChoice(textOption(options, 'weights')),
    seed: integerOption(options, 'seed', 0, 4294967295) ?? base.seed,
    elsewhere: elsewhere ?? base.elsewhere,
    opset: integerOption(options, 'opset', 14, 20) ?? halfScales,
    simplify: options.simplify !== false,
    batch: rangeOption(options, 'batch') ?? base.batch,
    size: rangeOption(options, 'size') ?? base.size,
    keepOperators: listOption(options, 'keepOperators')?.slice() ?? null,
    keepNodes: listOption(options, 'keepNodes')?.slice() ?? [],
    calibration,
    sensitivity: switchOption(options, 'sensitivity'),
    engine: engineOf(options, base.engine),
  }
}

function calibrationOf(options: Options, base: Calibration | null): Calibration | null {
  const folder = textOption(options, 'calibrationImages')
  const method = choiceOption(options, 'calibrationMethod', calibrationMethodSchema.options)
  const imageLimit = integerOption(options, 'calibrationLimit', 1, 4096)
  if (base === null) {
    if (folder !== null) throw onlyWithInt8('calibration-images')
    if (method !== null) throw onlyWithInt8('calibration-method')
    if (imageLimit !== null) throw onlyWithInt8('calibration-limit')
    return null
  }
  return {
    method: method ?? base.method,
    imageFolder: folder === null ? base.imageFolder : resolve(folder),
    imageLimit: imageLimit ?? base.imageLimit,
  }
}

function engineOf(options: Options, base: EngineOptions | null): EngineOptions | null {
  if (base === null) return null
  return {
    workspaceGib: numberOption(options, 'workspaceGib', 0.01, 1024) ?? base.workspaceGib,
    optimizationLevel: integerOption(options, 'optimizationLevel', 0, 5) ?? base.optimizationLevel,
    timingCache: options.timingCache !== false,
    versionCompatible: switchOption(options, 'versionCompatible'),
    hardwareCompatible: switchOption(options, 'hardwareCompatible'),
  }
}

/** `1:8:16`, or one number for all three; null when not given. */
function rangeOption(options: Options, name: string): OptimizationRange | null {
  const text = textOption(options, name)
  if (text === null) return null
  const [min, opt, max, ...rest] = text.split(':').map((part) => integerValue(name, part, 1, 1_000_000))
  if (min !== undefined && opt === undefined) return { min, opt: min, max: min }
  if (min !== undefined && opt !== undefined && max !== undefined && rest.length === 0) return { min, opt, max }
  throw usageError(`--${name} cannot be ${text}.`, 'Write MIN:OPT:MAX, as 1:8:16, or one number.')
}

function onlyWithInt8(name: string) {
  return usageError(`--${name} goes with --precision int8 alone.`, 'Leave it out, or convert to INT8.')
}
