// The options of `convert`, the recipe made from them, and the options that the recipe would not read. The conversion
// service checks whether the profile makes sense, the target supports the precision and the images are there, as it
// does for the window.
import { resolve } from 'node:path'
import { z } from 'zod'
import { conversionTargetSchema, rowOfTarget } from '../../shared/domain/artifact-kind.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import { isCalibrated, type Precision, precisionLabel, precisionSchema } from '../../shared/domain/precision.ts'
import {
  type Calibration,
  calibrationSchema,
  defaultCalibration,
  type OptimizationRange,
  type Recipe,
  recipeSchema,
} from '../../shared/domain/recipe.ts'
import {
  defaultRecipe,
  standardElsewhere,
  standardOverflowFixes,
  transformsGraph,
} from '../../shared/planning/recipe.ts'
import { doesNotApply, jsonOption, progressOption, type Typed } from './command.ts'
import { engineFrom, engineMisfits, engineOptions } from './engine-options.ts'
import { modelOptions } from './model-options.ts'
import { seedOption, weightsOption } from './plan-options.ts'

/** `1:8:16`, or one number for all three. */
const rangeSchema = z
  .string()
  .transform((text, context): OptimizationRange => {
    const numbers = text.split(':').map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : 0))
    const [min = 0, opt = min, max = opt] = numbers
    if (numbers.every((number) => number > 0) && (numbers.length === 1 || numbers.length === 3))
      return { min, opt, max }
    context.addIssue({ code: 'custom', message: 'Write MIN:OPT:MAX in whole numbers, e.g. 1:8:16, or one number.' })
    return z.NEVER
  })
  .optional()

const folder = z
  .string()
  .transform((text) => resolve(text))
  .optional()
const given = z.boolean().default(false)

const { keepOperators, keepNodes } = recipeSchema.shape

const recipeOptions = {
  ...modelOptions,
  to: {
    flag: 'to',
    valueName: 'target',
    schema: conversionTargetSchema.optional(),
    description: 'What to convert to',
  },
  precision: {
    flag: 'precision',
    valueName: 'name',
    schema: z.enum([...precisionSchema.options, 'best']).default('fp32'),
    description: 'Precision; best converts to each and keeps the fastest that passes parity, measured here',
  },
  elsewhere: {
    flag: 'elsewhere',
    valueName: 'name',
    schema: recipeSchema.shape.elsewhere.unwrap().optional(),
    description: 'With INT8 or FP8: precision of the other layers',
    defaultText: `${standardElsewhere('int8')} with INT8, ${standardElsewhere('fp8')} with FP8`,
  },
  opset: {
    flag: 'opset',
    valueName: 'version',
    schema: recipeSchema.shape.opset.optional(),
    description: 'Opset of the ONNX export',
    defaultText: "the model's",
  },
  batch: {
    flag: 'batch',
    valueName: 'range',
    schema: rangeSchema,
    description: 'Batch sizes as MIN:OPT:MAX, e.g. 1:8:16',
    defaultText: "the model's",
  },
  size: {
    flag: 'size',
    valueName: 'range',
    schema: rangeSchema,
    description: 'Pixels of height and width as MIN:OPT:MAX, for models that take several sizes',
    defaultText: "the model's",
  },
  noSimplify: {
    flag: 'no-simplify',
    valueName: null,
    schema: given,
    description: 'Do not simplify the exported graph',
  },
  keepOperators: {
    flag: 'keep-operators',
    valueName: 'list',
    schema: keepOperators.unwrap().optional(),
    description: 'Operators that stay FP32',
    defaultText: "the model's",
  },
  keepNodes: {
    flag: 'keep-nodes',
    valueName: 'list',
    schema: keepNodes.optional(),
    description: 'Names of nodes that stay in higher precision',
  },
  calibrationImages: {
    flag: 'calibration-images',
    valueName: 'folder',
    schema: folder,
    description: 'With INT8 or FP8: images to calibrate on',
    defaultText: 'those that ship with Enginebench or the model',
  },
  calibrationMethod: {
    flag: 'calibration-method',
    valueName: 'name',
    schema: calibrationSchema.shape.method.optional(),
    description: 'With INT8: how ranges are found',
    defaultText: defaultCalibration.method,
  },
  calibrationLimit: {
    flag: 'calibration-limit',
    valueName: 'count',
    schema: calibrationSchema.shape.imageLimit.optional(),
    description: 'With INT8 or FP8: maximum number of calibration images',
    defaultText: `${defaultCalibration.imageLimit}, as NVIDIA recommends`,
  },
  asymmetric: {
    flag: 'asymmetric',
    valueName: null,
    schema: given,
    description: 'With INT8, not for TensorRT: activations with a zero point',
  },
  overflowFix: {
    flag: 'overflow-fix',
    valueName: 'layers',
    schema: calibrationSchema.shape.overflowFix,
    description: 'With INT8, not for TensorRT: layers whose weights keep to 7 bits, against saturation without VNNI',
    defaultText: standardOverflowFixes(),
  },
  sensitivity: {
    flag: 'sensitivity',
    valueName: null,
    schema: given,
    description: 'With INT8: measure what each layer in INT8 costs in parity',
  },
  ...engineOptions,
  weights: weightsOption,
  seed: seedOption,
} as const satisfies Readonly<Record<string, Option>>

export const convertOptions = {
  ...recipeOptions,
  builds: {
    flag: 'builds',
    valueName: 'count',
    schema: z.number().int().min(2).max(100).optional(),
    description: 'Build the engine N times and report the spread of build times and sizes',
  },
  recipe: {
    flag: 'recipe',
    valueName: 'file',
    schema: folder,
    description: 'Carry out a saved recipe',
  },
  saveRecipe: {
    flag: 'save-recipe',
    valueName: 'file',
    schema: folder,
    description: 'Save the recipe with the hashes of what it made',
  },
  out: {
    flag: 'out',
    valueName: 'folder',
    schema: folder,
    description: 'Copy the result to this folder: new or empty',
  },
  progress: progressOption,
  json: jsonOption,
} as const satisfies Readonly<Record<string, Option>>

export type ConvertTyped = Pick<Typed<typeof convertOptions>, 'values' | 'given'>

/**
 * Options of INT8 and FP8 are read only if the precision is one of them.
 * @param model an id, or an absolute path, as `models.find` accepts it.
 */
export function recipeFrom(
  { values, given }: ConvertTyped,
  manifest: ModelManifest,
  model: string,
  precision: Precision,
): Recipe {
  const isInt8 = precision === 'int8'
  const base = defaultRecipe(manifest, values.to ?? 'onnx', precision, values.elsewhere)
  return {
    ...base,
    model,
    weights: values.weights,
    seed: values.seed,
    opset: values.opset ?? base.opset,
    simplify: !values.noSimplify,
    batch: values.batch ?? base.batch,
    size: values.size ?? base.size,
    keepOperators: values.keepOperators ?? null,
    keepNodes: values.keepNodes ?? [],
    calibration: calibrationOf(values, base),
    sensitivity: isInt8 && values.sensitivity,
    ...engineFrom({ values, given }, base),
  }
}

function calibrationOf(
  values: ConvertTyped['values'],
  { precision, calibration: base }: Pick<Recipe, 'precision' | 'calibration'>,
): Calibration | null {
  if (base === null) return null
  const images = {
    imageFolder: values.calibrationImages ?? base.imageFolder,
    imageLimit: values.calibrationLimit ?? base.imageLimit,
  }
  if (precision !== 'int8') return { ...base, ...images }
  const overflowFix = values.overflowFix ?? base.overflowFix
  return {
    method: values.calibrationMethod ?? base.method,
    ...images,
    ...(values.asymmetric && { scheme: 'asymmetric' as const }),
    ...(overflowFix && { overflowFix }),
  }
}

/** Typed options that no step of the conversion would read. */
export function convertMisfits(
  typed: Pick<Typed<typeof convertOptions>, 'values' | 'given' | 'refused'>,
): readonly OptionFault[] {
  const { values, given } = typed
  const options = convertOptions
  if (given.has('recipe')) {
    const why = 'with --recipe: the file holds the whole recipe'
    return [...doesNotApply(typed, Object.values(recipeOptions), why), ...buildsMisfits(typed)]
  }
  return [
    ...(given.has('model') ? [] : [needed('a model', '--model ID or --model FILE.onnx')]),
    ...(given.has('to') ? [] : [needed('a target', `--to ${conversionTargetSchema.options.join(', ')}`)]),
    ...(values.weights.kind === 'hub' || values.weights.kind === 'folder'
      ? doesNotApply(typed, [options.seed], 'to these weights: it only generates seeded ones')
      : []),
    ...(typed.refused.has('precision') ? [] : precisionMisfits(typed)),
    ...(values.to === undefined ? [] : targetMisfits(typed, values.to)),
    ...buildsMisfits(typed),
  ]
}

function precisionMisfits(typed: ConvertTyped): readonly OptionFault[] {
  const { precision } = typed.values
  if (precision === 'int8' || precision === 'best') return []
  const { elsewhere, calibrationImages, calibrationLimit, ...options } = recipeOptions
  const { calibrationMethod, asymmetric, overflowFix, sensitivity } = options
  const label = precisionLabel(precision)
  const images = isCalibrated(precision) ? [] : [elsewhere, calibrationImages, calibrationLimit]
  return [
    ...doesNotApply(
      typed,
      images,
      `to ${label}: only INT8 and FP8 read it`,
      'Leave it out, or convert with --precision int8 or fp8.',
    ),
    ...doesNotApply(
      typed,
      [calibrationMethod, asymmetric, overflowFix, sensitivity],
      `to ${label}: only INT8 reads it`,
      'Leave it out, or convert with --precision int8.',
    ),
  ]
}

function targetMisfits(typed: ConvertTyped, to: NonNullable<ConvertTyped['values']['to']>): readonly OptionFault[] {
  const options = recipeOptions
  const { precision } = typed.values
  const { lowersPrecision, overflowFix } = rowOfTarget(to)
  const { keepOperators, keepNodes } = options
  const keepsFp32 = precision !== 'best' && !transformsGraph({ precision, to })
  return [
    ...(overflowFix.choices.length > 0
      ? []
      : doesNotApply(typed, [options.overflowFix], `to --to ${to}: a GPU adds INT8 products in 32 bits`)),
    ...engineMisfits(typed, to),
    ...(lowersPrecision
      ? doesNotApply(typed, [keepOperators, keepNodes], `to --to ${to}: the library lowers the precision itself`)
      : []),
    ...(keepsFp32 && !lowersPrecision
      ? doesNotApply(
          typed,
          [keepOperators, keepNodes],
          `to ${precisionLabel(precision)}: every layer keeps its precision`,
        )
      : []),
  ]
}

function buildsMisfits(typed: ConvertTyped): readonly OptionFault[] {
  const { builds, saveRecipe } = convertOptions
  const { to, precision } = typed.values
  if (!typed.given.has('builds')) return []
  return [
    ...doesNotApply(
      typed,
      [saveRecipe],
      'with --builds',
      'Save the recipe of one conversion, then build it several times.',
    ),
    ...(precision === 'best' ? doesNotApply(typed, [builds], 'to --precision best', 'Name one precision.') : []),
    ...(to === 'onnx'
      ? doesNotApply(
          typed,
          [builds],
          'to --to onnx: no engine is built',
          'Choose a target that is built, e.g. --to tensorrt.',
        )
      : []),
  ]
}

/** Options that have no meaning for the model. */
export function manifestMisfits(typed: ConvertTyped, manifest: ModelManifest): readonly OptionFault[] {
  if (manifest.source.library !== 'file') return []
  const { weights, seed, opset } = recipeOptions
  return [
    ...doesNotApply(typed, [opset], `to ${manifest.name}: your own file is not exported again`),
    ...doesNotApply(typed, [seed], `to ${manifest.name}: your own file holds its weights`),
    ...(typed.values.weights.kind === 'auto'
      ? []
      : doesNotApply(typed, [weights], `to ${manifest.name}: your own file holds its weights`)),
  ]
}

function needed(what: string, add: string): OptionFault {
  return { code: 'bad-usage', message: `convert needs ${what}.`, remedy: `Add ${add}.` }
}
