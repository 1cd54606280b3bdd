// A declared option: the only source of its flag, range, default and texts. The command line, its help, the reference
// page, the window's forms and every refusal read it. Numbers have two units: the user's (typed and shown) and the
// record's (the schema's); `unitFactor` converts. Does not know which command takes an option.
import { z } from 'zod'
import type { BenchErrorCode } from './bench-error.ts'

export interface Option<Schema extends z.ZodType = z.ZodType> {
  /** As typed, without its dashes: `cold-start`. */
  readonly flag: string
  /** Placeholder of the value in help: `seconds`. Null for a switch, which takes no value. */
  readonly valueName: string | null
  /**
   * The flag may be given without a value, which is then the schema's default. Without the flag, nothing is requested.
   */
  readonly valueMayBeLeftOut?: boolean
  /**
   * Range and default, in the record's unit: a number, an enum, a string, a boolean (a switch), or an array (a list).
   */
  readonly schema: Schema
  /** Record units per user unit: 1000 if the user types seconds and the record stores ms. */
  readonly unitFactor?: number
  /** Label of a form's field: `cold start in`. */
  readonly label?: string
  /** In the user's unit, after a form's field: `processes`. */
  readonly unit?: string
  /** One sentence without its range or default, which come from the schema. */
  readonly description: string
  /** Text for a default that depends on the model or the machine: `the model's`. */
  readonly defaultText?: string
  /** The flag that this one requires. */
  readonly goesWith?: string
}

/** A number's range and default, in the user's unit. */
export interface NumberRange {
  readonly minimum: number | null
  readonly maximum: number | null
  /** The minimum itself is not allowed. */
  readonly excludesMinimum: boolean
  readonly isWhole: boolean
  readonly usual: number | null
}

export interface OptionFault {
  readonly code: BenchErrorCode
  readonly message: string
  readonly remedy: string
}

const jsonSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
})

/** The schema as data; a nullable one is reduced to its other type. */
function shapeOf({ schema }: Pick<Option, 'schema'>): z.output<typeof jsonSchema> {
  const shape = jsonSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  const [first] = shape.anyOf ?? []
  return first === undefined ? shape : { ...jsonSchema.parse(first), default: shape.default }
}

/** Schema of one value: for a list, of one item. */
function itemOf(option: Option): z.output<typeof jsonSchema> {
  const shape = shapeOf(option)
  return shape.type === 'array' ? jsonSchema.parse(shape.items) : shape
}

/** The choices of an option with a closed list; null for every other. */
export function choicesOf(option: Option): readonly string[] | null {
  return itemOf(option).enum ?? null
}

/** Null if the value is not a number. */
export function numberRange(option: Option): NumberRange | null {
  const { type, minimum, exclusiveMinimum, maximum } = itemOf(option)
  if (type !== 'number' && type !== 'integer') return null
  const usual = shapeOf(option).default
  const shown = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : toUserUnit(option, value)
  const isWhole = type === 'integer' && factorOf(option) === 1
  const next = exclusiveMinimum === undefined || !isWhole ? exclusiveMinimum : exclusiveMinimum + 1
  return {
    minimum: shown(next ?? minimum),
    maximum: shown(maximum),
    excludesMinimum: next !== undefined && !isWhole,
    isWhole,
    usual: typeof usual === 'number' ? toUserUnit(option, usual) : null,
  }
}

/** `5 to 50`, `above 0, at most 1024`, `cpu or cuda`; null if any text is valid. */
export function rangeText(option: Option): string | null {
  const choices = choicesOf(option)
  if (choices !== null) return [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter(Boolean).join(' or ')
  const range = numberRange(option)
  if (range === null) return null
  const { minimum, maximum, excludesMinimum } = range
  if (minimum === null) return maximum === null ? null : `at most ${maximum}`
  if (excludesMinimum) return maximum === null ? `above ${minimum}` : `above ${minimum}, at most ${maximum}`
  return maximum === null ? `at least ${minimum}` : `${minimum} to ${maximum}`
}

/** `30`; null if there is none, and for a switch. */
export function defaultText(option: Option): string | null {
  if (option.defaultText !== undefined) return option.defaultText
  const usual = shapeOf(option).default
  if (usual === undefined || usual === null || typeof usual === 'boolean') return null
  if (typeof usual === 'number') return String(toUserUnit(option, usual))
  return Array.isArray(usual) ? usual.join(',') : String(usual)
}

export function toUserUnit(option: Pick<Option, 'unitFactor'>, value: number): number {
  return exact(factorOf(option) >= 1 ? value / factorOf(option) : value * exact(1 / factorOf(option)))
}

export function toRecordUnit(option: Pick<Option, 'unitFactor'>, value: number): number {
  return exact(factorOf(option) >= 1 ? value * factorOf(option) : value / exact(1 / factorOf(option)))
}

/**
 * The command-line words that give stored values again, by the options' keys: `--energy 30`. Absent and null values
 * give none.
 */
export function optionWords(
  options: Readonly<Record<string, Option>>,
  values: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(options).flatMap(([key, option]) => {
    const value = values[key]
    return typeof value === 'number' ? [`--${option.flag} ${toUserUnit(option, value)}`] : []
  })
}

/**
 * Parses what was typed.
 * @param texts one for each time the option was given; null if its value was left out.
 */
export function readOption<Schema extends z.ZodType>(
  option: Option<Schema>,
  texts: readonly (string | null)[],
): { readonly value: z.output<Schema> } | { readonly fault: OptionFault } {
  const flag = `--${option.flag}`
  const isList = shapeOf(option).type === 'array'
  if (option.valueName === null) {
    if (texts.some((text) => text !== null)) return refused(`${flag} takes no value.`, `Write ${flag} only.`)
    return { value: option.schema.parse(true) }
  }
  if (option.valueMayBeLeftOut && texts.every((text) => text === null)) return { value: option.schema.parse(undefined) }
  const given = texts.flatMap((text) => (text === null || text === '' ? [] : [text]))
  if (given.length < texts.length) return refused(`${flag} needs a value.`, remedyOf(option))
  if (!isList && given.length > 1) return refused(`${flag} is given ${given.length} times.`, 'Give it once.')
  const words = isList ? given.flatMap((text) => text.split(',')).map((text) => text.trim()) : given
  if (words.includes('')) return refused(`${flag} has an empty value.`, 'Separate its values with single commas.')
  const isNumber = numberRange(option) !== null
  // `5%` is 5 where the unit is %.
  const typedNumber = (word: string) => numberIn(option.unit === '%' ? word.replace(/%$/, '') : word)
  const values = words.map((word) => (isNumber ? toRecordUnit(option, typedNumber(word)) : word))
  const read = option.schema.safeParse(isList ? values : values[0])
  if (read.success) return { value: read.data }
  const [issue] = read.error.issues
  const place = issue?.path[0]
  const culprit = typeof place === 'number' ? words[place] : words.join(',')
  const custom = issue?.code === 'custom' ? optionFaultOf(issue) : formatRemedy(issue)
  return {
    fault: { code: 'bad-usage', message: `${flag} cannot be "${culprit}".`, remedy: remedyOf(option), ...custom },
  }
}

/** What a schema asks to write instead of a text of the wrong form; nothing if it has only zod's own message. */
function formatRemedy(issue: z.core.$ZodIssue | undefined): Partial<OptionFault> {
  return issue?.code === 'invalid_format' && !issue.message.startsWith('Invalid') ? { remedy: issue.message } : {}
}

/** A schema's own issue says what to write and, if needed, its own code and message. */
function optionFaultOf({ message, params }: z.core.$ZodIssueCustom): Partial<OptionFault> {
  return { remedy: message, ...params }
}

function remedyOf(option: Option): string {
  if (choicesOf(option) !== null) return `Choose ${rangeText(option)}.`
  const range = numberRange(option)
  if (range === null) return `Write --${option.flag} ${option.valueName?.toUpperCase()}.`
  const text = rangeText(option)
  const number = range.isWhole ? 'whole number' : 'number'
  if (text === null) return `Give a ${number}.`
  const joined = /^\d/.test(text) ? ' from' : text.startsWith('at ') ? ' of' : ''
  return `Give a ${number}${joined} ${text}.`
}

function refused(message: string, remedy: string): { readonly fault: OptionFault } {
  return { fault: { code: 'bad-usage', message, remedy } }
}

function numberIn(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
}

function factorOf({ unitFactor = 1 }: Pick<Option, 'unitFactor'>): number {
  return unitFactor
}

/** Without binary rounding noise: 0.57, not 0.5700000000000001. */
function exact(value: number): number {
  return Number(value.toPrecision(15))
}
