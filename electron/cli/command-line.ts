// The grammar of the command line: what commands there are, what options each takes, and its help. Reads words, runs
// nothing itself. Throws `bad-usage` for what it does not know.
import { cac } from 'cac'
import { artifactsCommand } from './artifacts-command.ts'
import type { CliCommand } from './command.ts'
import { convertCommand } from './convert-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { exitCodeHelp } from './exit-code.ts'
import { modelsCommand } from './models-command.ts'
import { noiseFloorCommand } from './noise-floor-command.ts'
import type { Options } from './option-value.ts'
import { reportCommand } from './report-command.ts'
import { runCommand } from './run-command.ts'
import { runsCommand } from './runs-command.ts'
import { setupCommand } from './setup-command.ts'
import { sweepCommand } from './sweep-command.ts'
import { usageError } from './usage-error.ts'
import { videoCommand } from './video-command.ts'

export const commands: readonly CliCommand[] = [
  doctorCommand,
  setupCommand,
  modelsCommand,
  convertCommand,
  artifactsCommand,
  runCommand,
  sweepCommand,
  reportCommand,
  runsCommand,
  videoCommand,
  noiseFloorCommand,
]

export type Request =
  | { readonly kind: 'shown' }
  | { readonly kind: 'run'; readonly command: CliCommand; readonly words: readonly string[]; readonly options: Options }

/** @param words without the interpreter and the program. Help and version are printed here. */
export function readCommandLine(words: readonly string[], version: string): Request {
  const parser = cac('enginebench')
  let request: Request | null = null
  for (const command of commands) {
    const entry = parser.command(command.usage, command.description)
    for (const { flags, description } of command.options) entry.option(flags, description)
    for (const example of command.examples) entry.example(example)
    entry.action((...received: unknown[]) => {
      const named = received.slice(0, -1).filter((word) => typeof word === 'string')
      const { '--': _rest, ...options } = { ...(received.at(-1) as Options) }
      request = { kind: 'run', command, words: named, options: asTyped(options, words) }
    })
  }
  parser.help((sections) => [...sections, { title: 'Exit codes', body: indented(exitCodeHelp) }])
  parser.version(version)
  try {
    parser.parse(['node', 'enginebench', ...words])
  } catch (error) {
    throw usageError(
      error instanceof Error ? `${error.message}.` : 'That cannot be read.',
      seeHelp(parser.matchedCommandName),
    )
  }
  if (request) return request
  if (parser.options.help || parser.options.version) return { kind: 'shown' }
  const unknown = parser.args[0]
  if (unknown === undefined) {
    parser.outputHelp()
    return { kind: 'shown' }
  }
  throw usageError(`There is no command ${unknown}.`, `Choose from: ${commands.map(nameOf).join(', ')}.`)
}

const nameOf = ({ usage }: CliCommand) => usage.split(' ')[0] ?? usage

function seeHelp(command: string | undefined): string {
  return `See enginebench ${command ? `${command} ` : ''}--help`
}

/** The parser reads `12e4` as a number; the start of a hash must stay as it was typed, once or several times. */
function asTyped(options: Options, words: readonly string[]): Options {
  const typed = (name: string) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    return words.flatMap((word, index) => {
      if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)]
      return word === flag ? [words[index + 1] ?? ''] : []
    })
  }
  const restored = (name: string, value: unknown): unknown => {
    if (typeof value === 'number') return typed(name)[0] ?? value
    if (!Array.isArray(value) || value.every((each) => typeof each !== 'number')) return value
    return typed(name)
  }
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, restored(name, value)]))
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}
