// The shape of each input in one query, and where its values come from: what the file fixes, what the plan states, what
// the manifest proposes, in this order of who decides: a size that the file fixes cannot be changed. Nothing is guessed
// here: a dimension that nobody states is refused, with the option that states it.
import type { BenchErrorRecord } from '../domain/bench-error.ts'
import { inputsOf, type ModelManifest } from '../domain/model.ts'
import type { InputValues, ModelInput } from '../domain/model-input.ts'
import type { Plan } from '../domain/plan.ts'
import { planRefusal } from './plan-refusal.ts'

export interface ShapedInput extends Pick<ModelInput, 'name' | 'type' | 'batchAxis' | 'layout'> {
  readonly shape: readonly number[]
  readonly values: InputValues
}

type ShapingPlan = Pick<Plan, 'inputSize' | 'shapes' | 'inputValues'>
type Shaped = Pick<ModelManifest, 'input' | 'inputs'>

/** Of every input, in the manifest's order. A dimension that is open is 1: `shapeRefusals` says so before a run. */
export function shapedInputs(plan: ShapingPlan, manifest: Shaped, batchSize: number): readonly ShapedInput[] {
  const inputs = inputsOf(manifest)
  const named = namedSizes(plan, inputs)
  return inputs.map((input) => ({
    name: input.name,
    type: input.type,
    batchAxis: input.batchAxis,
    layout: input.layout,
    shape: input.dimensions.map(
      (_, axis) => sizeOf(plan, input, axis, named) ?? (isBatch(input, axis) ? batchSize : 1),
    ),
    values: plan.inputValues?.[input.name] ?? input.values,
  }))
}

/** What the manifest assumes and the plan does not state otherwise, in sentences. */
export function assumedSentences(
  { shapes = {}, inputValues = {} }: Pick<Plan, 'shapes' | 'inputValues'>,
  { assumptions = [] }: Pick<ModelManifest, 'assumptions'>,
): readonly string[] {
  const stated = [
    ...Object.keys(shapes).map((name) => `"${name}" leaves `),
    ...Object.keys(inputValues).map((name) => `"${name}" (`),
  ]
  return assumptions.filter((sentence) => !stated.some((start) => sentence.startsWith(start)))
}

/** Of the manifest's `input`. */
export function leadShape(plan: ShapingPlan, manifest: Shaped, batchSize: number): readonly number[] {
  return shapedInputs(plan, manifest, batchSize).find(({ name }) => name === manifest.input.name)?.shape ?? []
}

function isBatch({ batchAxis }: ModelInput, axis: number): boolean {
  return axis === batchAxis
}

/** Null for the batch, and for a dimension that nothing states. */
function sizeOf(plan: ShapingPlan, input: ModelInput, axis: number, named: ReadonlyMap<string, number>): number | null {
  if (isBatch(input, axis)) return null
  const size = input.dimensions[axis]
  const side = sideOf(plan, input, axis)
  if (side !== null || typeof size === 'number') return side ?? Number(size)
  return ownSize(plan, input, axis) ?? named.get(size ?? '') ?? null
}

/** Where the plan has one size for both sides of pictures. */
function sideOf({ inputSize }: ShapingPlan, { layout }: ModelInput, axis: number): number | null {
  const letter = layout?.[axis]
  return letter === 'H' || letter === 'W' ? inputSize : null
}

function ownSize({ shapes }: ShapingPlan, { name, proposed }: ModelInput, axis: number): number | null {
  return shapes?.[name]?.[axis] ?? proposed[axis] ?? null
}

/** Sizes of one input decide for dimensions of the same name in others; a batch and `?` name nothing. */
function namedSizes(plan: ShapingPlan, inputs: readonly ModelInput[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const input of inputs) {
    for (const [axis, name] of input.dimensions.entries()) {
      if (typeof name !== 'string' || name === '?' || isBatch(input, axis)) continue
      const isStated = plan.shapes?.[input.name]?.[axis] !== undefined
      const size = sideOf(plan, input, axis) ?? ownSize(plan, input, axis)
      if (size !== null && (isStated || !sizes.has(name))) sizes.set(name, size)
    }
  }
  return sizes
}

/** All of a plan's faults in shapes and values at once. */
export function shapeRefusals(
  plan: ShapingPlan & Pick<Plan, 'batchSizes'>,
  manifest: Pick<ModelManifest, 'input' | 'inputs' | 'name'>,
): readonly BenchErrorRecord[] {
  const inputs = inputsOf(manifest)
  return [
    ...unknownInputs(plan, manifest.name, inputs),
    ...inputs.flatMap((input) => [...statedRefusals(plan, input), ...valueRefusals(plan, input)]),
    ...openRefusals(plan, inputs),
  ]
}

function unknownInputs(
  { shapes, inputValues }: ShapingPlan,
  model: string,
  inputs: readonly ModelInput[],
): readonly BenchErrorRecord[] {
  const known = inputs.map(({ name }) => name)
  const unknown = [...new Set([...Object.keys(shapes ?? {}), ...Object.keys(inputValues ?? {})])].filter(
    (name) => !known.includes(name),
  )
  if (unknown.length === 0) return []
  const words = unknown.map((name) => `"${name}"`).join(', ')
  return [planRefusal('input-mismatch', `${model} has no input named ${words}.`, `Its inputs are ${known.join(', ')}.`)]
}

function statedRefusals(
  { shapes, batchSizes }: ShapingPlan & Pick<Plan, 'batchSizes'>,
  input: ModelInput,
): readonly BenchErrorRecord[] {
  const stated = shapes?.[input.name]
  if (stated === undefined) return []
  const declared = `[${input.dimensions.join(', ')}]`
  const asked = stated.join('x')
  if (stated.length !== input.dimensions.length) {
    const message = `"${input.name}" has ${input.dimensions.length} dimensions, ${declared}, and ${asked} has ${stated.length}.`
    return [planRefusal('input-mismatch', message, `Write --shapes ${exampleShape(input)}.`)]
  }
  const fixed = input.dimensions.flatMap((size, axis) =>
    typeof size === 'number' && size !== stated[axis] && !isBatch(input, axis) ? [`${size}, not ${stated[axis]}`] : [],
  )
  const refusals = []
  if (fixed.length > 0) {
    const message = `The file fixes sizes of "${input.name}" (${declared}): ${fixed.join('; ')}.`
    refusals.push(planRefusal('input-mismatch', message, 'State only open sizes, or export the model with others.'))
  }
  const batch = input.batchAxis === null ? undefined : stated[input.batchAxis]
  if (batch !== undefined && batch !== 1 && batchSizes.some((size) => size !== batch)) {
    const message = `--shapes states batch ${batch} for "${input.name}", and the plan measures batch ${batchSizes.join(', ')}.`
    refusals.push(planRefusal('input-mismatch', message, 'Leave out --batch, or write 1 where --shapes has the batch.'))
  }
  return refusals
}

function openRefusals(plan: ShapingPlan, inputs: readonly ModelInput[]): readonly BenchErrorRecord[] {
  const named = namedSizes(plan, inputs)
  const open = inputs.filter((input) =>
    input.dimensions.some((_, axis) => !isBatch(input, axis) && sizeOf(plan, input, axis, named) === null),
  )
  if (open.length === 0) return []
  const words = open.map((input) => {
    const names = input.dimensions.filter(
      (_, axis) => !isBatch(input, axis) && sizeOf(plan, input, axis, named) === null,
    )
    return `${names.map((name) => (name === '?' ? 'one without a name' : `"${name}"`)).join(', ')} of "${input.name}" [${input.dimensions.join(', ')}]`
  })
  return [
    planRefusal(
      'input-mismatch',
      `Sizes are open, and nothing proposes them: ${words.join('; ')}.`,
      `State them, for example --shapes ${open.map(exampleShape).join(',')}.`,
    ),
  ]
}

/** `ids:1x16`, with 16 for what is open. */
function exampleShape(input: ModelInput): string {
  const sizes = input.dimensions.map((size, axis) =>
    typeof size === 'number' ? size : isBatch(input, axis) ? 1 : (input.proposed[axis] ?? 16),
  )
  return `${input.name}:${sizes.join('x')}`
}

const wholeNumberRanges: Readonly<Record<string, readonly [number, number]>> = {
  ...{ int8: [-128, 127], uint8: [0, 255], int16: [-32_768, 32_767], uint16: [0, 65_535] },
  ...{ int32: [-(2 ** 31), 2 ** 31 - 1], uint32: [0, 2 ** 32 - 1], bool: [0, 1] },
  ...{ int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], uint64: [0, Number.MAX_SAFE_INTEGER] },
}

function valueRefusals({ inputValues }: ShapingPlan, { name, type, layout }: ModelInput): readonly BenchErrorRecord[] {
  const values = inputValues?.[name]
  if (values === undefined || values.kind === 'file') return []
  if (values.kind === 'images') {
    if (layout !== null) return []
    const message = `"${name}" takes no pictures.`
    return [planRefusal('input-mismatch', message, 'Give it a range, whole numbers, a constant or a file.')]
  }
  const [low, high] = values.kind === 'constant' ? [values.value, values.value] : [values.low, values.high]
  if (low > high) {
    const message = `The values of "${name}" go from ${low} to ${high}: the first is larger.`
    return [planRefusal('input-mismatch', message, `Write --input-values ${name}:${values.kind}=${high}..${low}.`)]
  }
  const limits = wholeNumberRanges[type]
  if (limits === undefined) return []
  if (low >= limits[0] && high <= limits[1] && (values.kind !== 'constant' || Number.isInteger(values.value))) return []
  const message = `"${name}" is ${type}: its values are whole numbers from ${limits[0]} to ${limits[1]}.`
  return [planRefusal('input-mismatch', message, `Write --input-values ${name}:integers=0..${Math.min(9, limits[1])}.`)]
}
