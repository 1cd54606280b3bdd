// Reads the values of options as the parser hands them over: text, a number where it looks like one, `true` where the
// value was left out, an array where the option was given more than once. Each error names the option.
import { z } from 'zod'
import { usageError } from './usage-error.ts'

export type Options = Readonly<Record<string, unknown>>

/** Null when not given. */
export function textOption(options: Options, name: string): string | null {
  const value = options[name]
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number') return String(value)
  throw usageError(`${flag(name)} needs one value.`, `Give it once, as ${flag(name)} VALUE.`)
}

/** Values separated by commas or given by repeating the option; null when not given. */
export function listOption(options: Options, name: string): readonly string[] | null {
  const value = options[name]
  if (value === undefined || value === null) return null
  const parts = (Array.isArray(value) ? value : [value])
    .flatMap((part) => (typeof part === 'string' || typeof part === 'number' ? String(part).split(',') : ['']))
    .map((part) => part.trim())
  if (parts.every((part) => part !== '')) return parts
  throw usageError(`${flag(name)} holds an empty value.`, `Separate its values by single commas.`)
}

/** A whole number within bounds; null when not given. */
export function integerOption(options: Options, name: string, minimum: number, maximum: number): number | null {
  const text = textOption(options, name)
  return text === null ? null : integerValue(name, text, minimum, maximum)
}

export function integerValue(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value
  throw usageError(`${flag(name)} cannot be ${text}.`, `Give a whole number from ${minimum} to ${maximum}.`)
}

/** A number within bounds, fractions allowed; null when not given. */
export function numberOption(options: Options, name: string, minimum: number, maximum: number): number | null {
  const text = textOption(options, name)
  if (text === null) return null
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= minimum && value <= maximum) return value
  throw usageError(`${flag(name)} cannot be ${text}.`, `Give a number from ${minimum} to ${maximum}.`)
}

export function choiceOption<Choice extends string>(
  options: Options,
  name: string,
  choices: readonly Choice[],
): Choice | null {
  const text = textOption(options, name)
  if (text === null) return null
  return choiceValue(name, text, choices)
}

export function choiceValue<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const parsed = z.enum(choices).safeParse(text)
  if (parsed.success) return parsed.data as Choice
  throw usageError(`${flag(name)} cannot be ${text}.`, `Choose from: ${choices.join(', ')}.`)
}

export function switchOption(options: Options, name: string): boolean {
  return options[name] === true
}

function flag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
