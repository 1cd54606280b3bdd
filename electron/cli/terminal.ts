// Where a command writes: results to stdout, progress and errors to stderr, so that a pipe gets only results.
import { stripVTControlCharacters, styleText } from 'node:util'

export interface Terminal {
  /** One line, or several. */
  result(text: string): void
  note(text: string): void
  /** Replaces the previous line if stderr is a terminal; otherwise shows nothing. */
  status(text: string): void
  readonly resultIsTerminal: boolean
  readonly noteIsTerminal: boolean
}

export function processTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let statusShown = false
  const clearStatus = () => {
    if (statusShown) stderr.write('\r\x1b[2K')
    statusShown = false
  }
  return {
    result(text) {
      clearStatus()
      stdout.write(`${text}\n`)
    },
    note(text) {
      clearStatus()
      stderr.write(`${text}\n`)
    },
    status(text) {
      if (!stderr.isTTY) return
      clearStatus()
      const width = Math.max(20, (stderr.columns ?? 80) - 1)
      stderr.write(stripVTControlCharacters(text).slice(0, width))
      statusShown = true
    },
    resultIsTerminal: stdout.isTTY === true,
    noteIsTerminal: stderr.isTTY === true,
  }
}

/** Colour only on a terminal, and only if NO_COLOR is not set. */
export function styled(format: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string, isTerminal: boolean): string {
  return isTerminal && !process.env.NO_COLOR ? styleText(format, text) : text
}
