// The grammar of the command line: its commands, and the typed words parsed by their options. Collects all faults of a
// command and reports them at once.
import { defaultText, type Option, type OptionFault, rangeText, readOption } from '../../shared/domain/option.ts'
import { artifactsCommand } from './artifacts-command.ts'
import {
  type CliCommand,
  type CommandContext,
  type OptionSet,
  refusalOf,
  type Typed,
  usageError,
  type ValuesOf,
} from './command.ts'
import { compareCommand } from './compare-command.ts'
import { convertCommand } from './convert-command.ts'
import { decideCommand } from './decide-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { type ExitCode, exitCodeHelp } from './exit-code.ts'
import { inspectCommand } from './inspect-command.ts'
import { modelsCommand } from './models-command.ts'
import { noiseFloorCommand } from './noise-floor-command.ts'
import { reportCommand } from './report-command.ts'
import { runCommand } from './run-command.ts'
import { runsCommand } from './runs-command.ts'
import { settleCommand } from './settle-command.ts'
import { setupCommand } from './setup-command.ts'
import { sweepCommand } from './sweep-command.ts'
import { videoCommand } from './video-command.ts'

export const commands: readonly CliCommand[] = [
  doctorCommand,
  setupCommand,
  modelsCommand,
  convertCommand,
  artifactsCommand,
  inspectCommand,
  runCommand,
  sweepCommand,
  reportCommand,
  compareCommand,
  decideCommand,
  settleCommand,
  runsCommand,
  videoCommand,
  noiseFloorCommand,
]

export type Request =
  | { readonly kind: 'shown'; readonly text: string }
  | {
      readonly kind: 'run'
      readonly command: CliCommand
      readonly typed: Typed
      readonly faults: readonly OptionFault[]
    }

/** @param words without the interpreter and the program. Throws `bad-usage` for an unknown command. */
export function readCommandLine(words: readonly string[], version: string): Request {
  const [name, ...rest] = words
  if (name === '--version' || name === '-v') return { kind: 'shown', text: `enginebench ${version}` }
  if (name === undefined || name === '--help' || name === '-h') return { kind: 'shown', text: overview(version) }
  const command = commands.find((each) => nameOf(each) === name)
  if (command === undefined) {
    const known = commands.map(nameOf)
    throw usageError(
      `There is no command "${name}".`,
      didYouMean(nearest(name, known)) ?? `Choose from: ${known.join(', ')}.`,
    )
  }
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'shown', text: helpOf(command) }
  return { kind: 'run', command, ...readWords(command, rest) }
}

/** Throws all faults of the typed words as one `BenchError`, before anything is started. */
export async function carryOut(
  { command, typed, faults }: Extract<Request, { kind: 'run' }>,
  surroundings: Pick<CommandContext, 'services' | 'terminal' | 'signal'>,
): Promise<ExitCode> {
  const context = { ...surroundings, ...typed }
  if (faults.length === 0) return command.run(context)
  const further = (await command.furtherFaults?.(context)) ?? []
  throw refusalOf([...faults, ...further], nameOf(command))
}

export function nameOf({ usage }: Pick<CliCommand, 'usage'>): string {
  return usage.split(' ')[0] ?? usage
}

function readWords(command: CliCommand, words: readonly string[]): { typed: Typed; faults: readonly OptionFault[] } {
  const options = Object.values(command.options)
  const faults: OptionFault[] = []
  const named: string[] = []
  const texts = new Map<string, (string | null)[]>()
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (!word.startsWith('--')) {
      named.push(word)
      continue
    }
    const [flag = '', ...inline] = word.slice(2).split('=')
    const option = options.find((each) => each.flag === flag)
    const next = words[index + 1]
    const takesNext = inline.length === 0 && option?.valueName !== null && next !== undefined && !next.startsWith('--')
    if (takesNext) index += 1
    if (option === undefined) faults.push(unknownOption(flag, command))
    else {
      const text = takesNext ? next : inline.length === 0 ? null : inline.join('=')
      texts.set(flag, [...(texts.get(flag) ?? []), text])
    }
  }
  const read = readOptions(command.options, texts)
  const typed = { words: named, values: read.values, given: new Set(texts.keys()), refused: read.refused }
  return {
    typed,
    faults: [...faults, ...wordFaults(command, named), ...read.faults, ...(command.misfits?.(typed) ?? [])],
  }
}

/** A refused value is replaced by its default, so that the rest can still be checked. */
function readOptions<Options extends OptionSet>(
  options: Options,
  texts: ReadonlyMap<string, readonly (string | null)[]>,
): {
  readonly values: ValuesOf<Options>
  readonly faults: readonly OptionFault[]
  readonly refused: ReadonlySet<string>
} {
  const faults: OptionFault[] = []
  const refused = new Set<string>()
  const values = Object.entries(options).map(([key, option]) => {
    const absent = option.valueMayBeLeftOut ? undefined : option.schema.safeParse(undefined).data
    const given = texts.get(option.flag)
    if (given === undefined) return [key, absent]
    if (option.goesWith !== undefined && !texts.has(option.goesWith))
      faults.push(without(option, option.goesWith, options))
    const read = readOption(option, given)
    if ('value' in read) return [key, read.value]
    faults.push(read.fault)
    refused.add(option.flag)
    return [key, absent]
  })
  return { values: Object.fromEntries(values) as ValuesOf<Options>, faults, refused }
}

function without({ flag }: Option, needed: string, options: OptionSet): OptionFault {
  const valueName = Object.values(options).find((option) => option.flag === needed)?.valueName ?? null
  const value = valueName === null ? '' : ` ${valueName.toUpperCase()}`
  return {
    code: 'bad-usage',
    message: `--${flag} does not apply without --${needed}.`,
    remedy: `Add --${needed}${value}, or leave it out.`,
  }
}

function wordFaults(command: CliCommand, words: readonly string[]): readonly OptionFault[] {
  const places = command.usage.split(' ').slice(1)
  const missing = places.filter((place) => place.startsWith('<')).slice(words.length)
  const write = `Write: enginebench ${command.usage}`
  // The last place of `compare <run> <run> [run…]` takes any number.
  const mostWords = places.at(-1)?.includes('…') ? words.length : places.length
  return [
    ...missing.map((place): OptionFault => {
      return { code: 'bad-usage', message: `${nameOf(command)} needs ${place}.`, remedy: write }
    }),
    ...words.slice(mostWords).map((word): OptionFault => {
      return { code: 'bad-usage', message: `"${word}" is one word too many.`, remedy: write }
    }),
  ]
}

function unknownOption(flag: string, command: CliCommand): OptionFault {
  const near = nearest(
    flag,
    Object.values(command.options).map((option) => option.flag),
  )
  return {
    code: 'bad-usage',
    message: `${nameOf(command)} has no option --${flag}.`,
    remedy: didYouMean(near === null ? null : `--${near}`) ?? `See enginebench ${nameOf(command)} --help`,
  }
}

function didYouMean(word: string | null): string | null {
  return word === null ? null : `Did you mean ${word}?`
}

/** The known word with the smallest edit distance; null if none is near. */
function nearest(word: string, known: readonly string[]): string | null {
  const distances = known.map((each) => ({ each, distance: editDistance(word, each) }))
  const [best] = distances.sort((left, right) => left.distance - right.distance)
  return best !== undefined && best.distance <= Math.ceil(word.length / 3) ? best.each : null
}

/** Levenshtein distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [place, letter] of [...left].entries()) {
    const next = [place + 1]
    for (const [index, other] of [...right].entries()) {
      const changed = (row[index] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

function overview(version: string): string {
  return [
    `enginebench ${version}`,
    'Usage: enginebench <command> [options]',
    `Commands:\n${columns(commands.map(({ usage, description }) => [usage, description]))}`,
    'For the options of a command: enginebench <command> --help',
    exitCodeSection,
  ].join('\n\n')
}

function helpOf({ usage, description, options, examples }: CliCommand): string {
  return [
    description,
    `Usage: enginebench ${usage} [options]`,
    `Options:\n${columns(Object.values(options).map((option) => [usageOf(option), wordsOf(option)]))}`,
    `Examples:\n${indented(examples.join('\n'))}`,
    exitCodeSection,
  ].join('\n\n')
}

const exitCodeSection = `Exit codes:\n${indented(exitCodeHelp)}`

/** `--energy [seconds]` */
export function usageOf({ flag, valueName, valueMayBeLeftOut }: Option): string {
  if (valueName === null) return `--${flag}`
  return `--${flag} ${valueMayBeLeftOut ? `[${valueName}]` : `<${valueName}>`}`
}

/** The description with its range and default. */
function wordsOf(option: Option): string {
  const usual = defaultText(option)
  const facts = [rangeText(option), usual === null ? null : `default: ${usual}`].filter((fact) => fact !== null)
  return facts.length === 0 ? option.description : `${option.description} (${facts.join('; ')})`
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}
