// Shapes and values of inputs as a person types them, in trtexec's words where it has some, and as a command repeats them:
// `images:1x3x640x640,sizes:1x2`; `sizes:constant=640,ids:integers=0..99,mask:file=mask.npy,x:file=arrays.npz#x`.
import type { InputValues } from '../domain/model-input.ts'
import type { Plan } from '../domain/plan.ts'

export type Parsed<Value> = { readonly value: Value } | { readonly fault: string }

type Shapes = NonNullable<Plan['shapes']>
type Values = NonNullable<Plan['inputValues']>

export const shapesExample = 'images:1x3x640x640,sizes:1x2'
export const valuesExample = 'sizes:constant=640,ids:integers=0..99,x:range=-1..1,mask:file=mask.npy'

/** A name may hold colons: the last one ends it. */
export function parseShapes(text: string): Parsed<Shapes> {
  const shapes: Record<string, number[]> = {}
  for (const part of text.split(',')) {
    const colon = part.lastIndexOf(':')
    const [name, sizes] = [
      part.slice(0, colon).trim(),
      part
        .slice(colon + 1)
        .trim()
        .split(/x/i),
    ]
    const isShape = colon > 0 && name !== '' && sizes.every((size) => /^[1-9]\d{0,9}$/.test(size))
    if (!isShape) return { fault: `Write NAME:1x3x640x640 for each input, e.g. ${shapesExample}.` }
    if (name in shapes) return { fault: `"${name}" is given twice.` }
    shapes[name] = sizes.map(Number)
  }
  return { value: shapes }
}

export function shapesText(shapes: Shapes): string {
  return Object.entries(shapes)
    .map(([name, sizes]) => `${name}:${sizes.join('x')}`)
    .join(',')
}

const kinds = 'images|range|integers|constant|file'

export function parseInputValues(text: string): Parsed<Values> {
  const values: Record<string, InputValues> = {}
  for (const part of text.split(new RegExp(`,(?=[^,]+:(?:${kinds})(?:=|,|$))`))) {
    const matched = new RegExp(`^(.+?):(${kinds})(?:=(.*))?$`).exec(part.trim())
    const parsed = matched === null ? null : valuesOf(matched[2] ?? '', matched[3] ?? '')
    const name = matched?.[1] ?? ''
    if (parsed === null) {
      return {
        fault: `"${part}" is not understood. Write NAME:images, :range=0..1, :integers=0..99, :constant=1 or :file=FILE.`,
      }
    }
    if (name in values) return { fault: `"${name}" is given twice.` }
    values[name] = parsed
  }
  return { value: values }
}

function valuesOf(kind: string, text: string): InputValues | null {
  const number = '[-+]?[0-9]*[.]?[0-9]+(?:e[-+]?[0-9]+)?'
  const [, low, high] = new RegExp(`^(${number})[.][.](${number})$`, 'i').exec(text) ?? []
  if (kind === 'images') return text === '' ? { kind } : null
  if (kind === 'constant') return text !== '' && Number.isFinite(Number(text)) ? { kind, value: Number(text) } : null
  if (kind === 'file') {
    const hash = text.lastIndexOf('#')
    const [file, array] = hash < 0 ? [text, null] : [text.slice(0, hash), text.slice(hash + 1)]
    return file === '' || array === '' ? null : { kind, file, array }
  }
  if (low === undefined || high === undefined) return null
  if (kind === 'range') return { kind, low: Number(low), high: Number(high) }
  const isWhole = Number.isInteger(Number(low)) && Number.isInteger(Number(high))
  return kind === 'integers' && isWhole ? { kind, low: Number(low), high: Number(high) } : null
}

export function inputValuesText(values: Values): string {
  return Object.entries(values)
    .map(([name, each]) => `${name}:${sourceText(each)}`)
    .join(',')
}

function sourceText(values: InputValues): string {
  switch (values.kind) {
    case 'images':
      return 'images'
    case 'range':
    case 'integers':
      return `${values.kind}=${values.low}..${values.high}`
    case 'constant':
      return `constant=${values.value}`
    case 'file':
      return `file=${values.file}${values.array === null ? '' : `#${values.array}`}`
  }
}
