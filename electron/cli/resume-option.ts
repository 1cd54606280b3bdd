// `--resume`: a run is gone on with as its record says, so that no option beside it may say otherwise.
import { type Options, textOption } from './option-value.ts'
import { usageError } from './usage-error.ts'

/** Of how things are told, not of what is done. */
const beside: ReadonlySet<string> = new Set(['resume', 'progress', 'json'])

/** The run that is named; null where none is resumed. */
export function resumedRun(options: Options): string | null {
  const named = textOption(options, 'resume')
  if (named === null) return null
  const other = Object.keys(options).find((name) => options[name] !== undefined && !beside.has(name))
  if (other === undefined) return named
  const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw usageError(
    `A run is resumed with the plan that it has: ${flag} cannot be given beside --resume.`,
    'Leave it out, or start a new run without --resume.',
  )
}
