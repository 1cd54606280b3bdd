// What a user's ONNX file takes, as inputs that can be fed: which is the picture and in which layout, which dimension
// counts the rows of a batch, sizes for open dimensions, and where values come from. What the file does not say is
// assumed, and each assumption is a sentence for the reader. Types that no engine takes are refused, all of them at once.
import { BenchError } from '../../shared/domain/bench-error.ts'
import {
  type Dimension,
  type ElementType,
  elementTypeSchema,
  type InputValues,
  isFloat,
  type ModelInput,
  type PictureLayout,
  valuesInWords,
} from '../../shared/domain/model-input.ts'
import type { ModelFacts } from './model-inspection.ts'
import type { PictureNotes } from './picture-notes.ts'

const defaultSizePixels = 224
/** A side of fewer pixels is no picture's: masks have four dimensions too. */
const smallestSide = 2

export interface OwnInputs {
  readonly inputs: readonly ModelInput[]
  /** The picture; where there is none, the input whose rows are counted. */
  readonly lead: ModelInput
  readonly assumptions: readonly string[]
}

type GraphInput = ModelFacts['inputs'][number] & {
  readonly type: ElementType
  readonly dimensions: readonly Dimension[]
}

export function ownInputs(facts: ModelFacts, notes: PictureNotes): OwnInputs {
  const graphInputs = feedable(facts)
  const assumptions: string[] = []
  const pictures = graphInputs.map((input) => layoutOf(input))
  const leadIndex = Math.max(
    0,
    pictures.findIndex((layout) => layout !== null),
  )
  const lead = graphInputs[leadIndex]
  if (lead === undefined) throw noInputs()
  const batch = batchOfLead(lead, pictures[leadIndex] ?? null, facts.outputTensors)
  const inputs = graphInputs.map((input, index): ModelInput => {
    const layout = index === leadIndex || isTwin(input, lead) ? (pictures[leadIndex] ?? null) : null
    const batchAxis = index === leadIndex ? batch.axis : batchAxisOf(input, batch, assumptions)
    const proposed = input.dimensions.map((size, axis) =>
      typeof size === 'number' || axis === batchAxis
        ? null
        : layout === null
          ? null
          : proposedSide(input.name, size, letterOf(layout, axis), notes, assumptions),
    )
    return {
      name: input.name,
      type: input.type,
      dimensions: [...input.dimensions],
      batchAxis,
      layout,
      proposed,
      values: valuesOf({ ...input, layout }, facts.tableRows[input.name] ?? null, notes),
    }
  })
  const leading = inputs[leadIndex]
  if (leading === undefined) throw noInputs()
  for (const input of inputs) if (input.values.kind !== 'images') assumptions.push(valuesSentence(input))
  const { defaulted } = facts
  if (defaulted.length > 0 && defaulted.length <= 3) {
    assumptions.push(`${defaulted.map((name) => `"${name}"`).join(', ')} keeps the value that the file holds for it.`)
  }
  return { inputs, lead: leading, assumptions }
}

function letterOf(layout: PictureLayout, axis: number): string {
  return layout[axis] ?? '?'
}

/** Throws with every input and output that cannot be measured. */
function feedable({ inputs, outputTensors }: ModelFacts): readonly GraphInput[] {
  const faults: string[] = []
  for (const { name, dtype } of outputTensors) {
    if (dtype === 'string') faults.push(`the output "${name}" holds strings`)
    else if (notTensors.has(dtype)) faults.push(`the output "${name}" is a ${dtype}, not a tensor`)
  }
  const found: GraphInput[] = []
  for (const { name, dtype, dimensions } of inputs) {
    const type = elementTypeSchema.safeParse(dtype)
    if (dtype === 'string') faults.push(`the input "${name}" holds strings`)
    else if (notTensors.has(dtype)) faults.push(`the input "${name}" is a ${dtype}, not a tensor`)
    else if (!type.success) faults.push(`the input "${name}" has a type that cannot be fed (${dtype})`)
    else if (dimensions === null) faults.push(`the input "${name}" does not say how many dimensions it has`)
    else found.push({ name, dtype, type: type.data, dimensions })
  }
  if (faults.length === 0) return found
  throw new BenchError({
    code: 'unsupported-operator',
    stage: 'load',
    message: `The model cannot be measured: ${faults.join('; ')}.`,
    remedy:
      'Export it with tensors of numbers only: do the text processing before, and give every input its dimensions.',
  })
}

const notTensors: ReadonlySet<string> = new Set(['sequence', 'optional', 'map', 'sparse tensor'])

function noInputs(): BenchError {
  return new BenchError({
    code: 'bad-model-file',
    stage: 'load',
    message: 'The model file cannot be used: it takes no input, so every answer is the same.',
    remedy: 'Export the model to ONNX again, with its inputs.',
  })
}

/** Null unless it looks like photographs: one or three channels, and sides that are open or of some length. */
function layoutOf({ type, dimensions }: Pick<GraphInput, 'type' | 'dimensions'>): PictureLayout | null {
  if (type === 'bool') return null
  const isSide = (size: Dimension | undefined) => typeof size === 'string' || (size ?? 0) >= smallestSide
  const isChannels = (size: Dimension | undefined, channels: readonly number[]) =>
    typeof size === 'number' && channels.includes(size)
  const isNamedChannels = (size: Dimension | undefined) =>
    typeof size === 'string' && /^(c|channels?|num_channels)$/i.test(size)
  const [first, second, third, fourth] = dimensions
  if (dimensions.length === 4) {
    if (isChannels(second, [1, 3]) && isSide(third) && isSide(fourth)) return 'NCHW'
    if (isChannels(fourth, [1, 3]) && isSide(second) && isSide(third)) return 'NHWC'
    if (typeof second === 'number' && typeof fourth === 'number') return null
    if (isNamedChannels(fourth) && isSide(second) && isSide(third)) return 'NHWC'
    const isOpenChannels = isNamedChannels(second) || (typeof second === 'string' && unnamed.test(second))
    return isOpenChannels && isSide(third) && isSide(fourth) && isFloat(type) ? 'NCHW' : null
  }
  if (dimensions.length !== 3) return null
  if (isChannels(first, [3]) && isSide(second) && isSide(third)) return 'CHW'
  return isChannels(third, [3]) && isSide(first) && isSide(second) ? 'HWC' : null
}

/** Two pictures of one kind, as networks that compare pictures take. */
function isTwin(input: GraphInput, lead: GraphInput): boolean {
  return input.type === lead.type && JSON.stringify(input.dimensions) === JSON.stringify(lead.dimensions)
}

interface LeadBatch {
  readonly axis: number | null
  /** The dimension's size or name. */
  readonly size: Dimension | null
}

/** What converters write where a dimension has no name. */
const unnamed = /^(\?|unk_.*|dim_.*)$/i
const batchNames = /^(n|b|bs|batch.*|.*_batch|.*batch_?size|unk_.*|dynamic_?axes?.*|\?)$/i

function batchOfLead(
  { dimensions }: GraphInput,
  layout: PictureLayout | null,
  outputs: ModelFacts['outputTensors'],
): LeadBatch {
  const [first] = dimensions
  if (first === undefined) return { axis: null, size: null }
  const counts =
    layout !== null
      ? layout.startsWith('N')
      : typeof first === 'number'
        ? first === 1 && dimensions.length > 1
        : batchNames.test(first) || outputs.some(({ dimensions: given }) => given?.[0] === first)
  return counts ? { axis: 0, size: first } : { axis: null, size: null }
}

function batchAxisOf(
  { name, dimensions }: GraphInput,
  { axis, size }: LeadBatch,
  assumptions: string[],
): number | null {
  if (axis === null || size === null) return null
  if (typeof size === 'string' && size !== '?') {
    const shared = dimensions.indexOf(size)
    if (shared >= 0) return shared
  }
  if (typeof size === 'number') return dimensions[0] === size ? 0 : null
  const [first] = dimensions
  const open = dimensions.flatMap((each, place) => (typeof each === 'string' ? [place] : []))
  const isNamed = typeof first === 'string' && batchNames.test(first)
  const [only] = open
  const taken = isNamed ? 0 : open.length === 1 && only !== undefined && dimensions[only] === '?' ? only : null
  if (taken === null) return null
  assumptions.push(`Dimension ${taken + 1} of "${name}" is taken for the batch: the file gives it no shared name.`)
  return taken
}

/** @param letter what the open dimension is: C, H or W. */
function proposedSide(
  name: string,
  size: string,
  letter: string,
  { height, width }: PictureNotes,
  assumptions: string[],
): number {
  const shown = size === '?' ? letter : `${letter} ("${size}")`
  if (letter === 'C') {
    assumptions.push(`"${name}" leaves ${shown} open: 3 channels are fed.`)
    return 3
  }
  const stated = letter === 'H' ? height : width
  if (stated !== null) return stated
  assumptions.push(`"${name}" leaves ${shown} open: ${defaultSizePixels} is used, unless you choose another size.`)
  return defaultSizePixels
}

function valuesOf(
  { name, type, dimensions, layout }: GraphInput & { readonly layout: PictureLayout | null },
  tableRows: number | null,
  { height }: PictureNotes,
): InputValues {
  if (layout !== null) return { kind: 'images' }
  const word = name.toLowerCase()
  if (type === 'bool') return { kind: 'integers', low: 0, high: 1 }
  if (/state|hidden|cache|past/.test(word)) return { kind: 'constant', value: 0 }
  if (isFloat(type)) return { kind: 'range', low: 0, high: 1 }
  if (tableRows !== null)
    return { kind: 'integers', low: 0, high: Math.min(tableRows - 1, largestOf[type] ?? Infinity) }
  if (/mask/.test(word)) return { kind: 'constant', value: 1 }
  if (/^(sr|sample_?rate)$/.test(word)) return { kind: 'constant', value: 16_000 }
  if (/size|shape/.test(word) && dimensions.at(-1) === 2) return { kind: 'constant', value: height ?? 640 }
  return { kind: 'integers', low: 0, high: 1 }
}

const largestOf: Readonly<Partial<Record<ElementType, number>>> = {
  ...{ int8: 127, uint8: 255, int16: 32_767, uint16: 65_535 },
}

function valuesSentence({ name, type, values }: ModelInput): string {
  return `"${name}" (${type}) is fed ${valuesInWords(values)}, unless you choose other values.`
}
