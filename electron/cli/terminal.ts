// Where a command writes: results to stdout, progress and errors to stderr, so that a pipe gets only results. Whatever is
// written passes through one function: no name or message can reach the terminal as a command to it. JSON stays the same
// JSON.
import { styleText } from 'node:util'
import { visibleLine, visibleText } from '../../shared/domain/visible-text.ts'

export interface Terminal {
  /** One line, or several. */
  result(text: string): void
  note(text: string, tone?: 'error'): void
  /** Replaces the previous line if stderr is a terminal; otherwise shows nothing. */
  status(text: string): void
  readonly resultIsTerminal: boolean
  readonly noteIsTerminal: boolean
}

type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>

export function processTerminal(stdout: Output, stderr: Output): Terminal {
  let statusShown = false
  const clearStatus = () => {
    if (statusShown) stderr.write('\r\x1b[2K')
    statusShown = false
  }
  return {
    result(text) {
      clearStatus()
      stdout.write(`${drawn(text, stdout.isTTY === true)}\n`)
    },
    note(text, tone) {
      clearStatus()
      const shown = visibleText(text)
      stderr.write(`${tone === 'error' ? red(shown, stderr.isTTY === true) : shown}\n`)
    },
    status(text) {
      if (!stderr.isTTY) return
      clearStatus()
      const width = Math.max(20, (stderr.columns ?? 80) - 1)
      stderr.write(visibleLine(text).slice(0, width))
      statusShown = true
    },
    resultIsTerminal: stdout.isTTY === true,
    noteIsTerminal: stderr.isTTY === true,
  }
}

// Two code points that are reserved for a program's own use: a line between them is drawn in bold. Tables let them through
// in no cell, and no line of JSON begins with them.
const [emphasisBegins, emphasisEnds] = ['\ufdd0', '\ufdd1']

/** For a line of a result. */
export function emphasized(line: string): string {
  return emphasisBegins + line + emphasisEnds
}

/** Whether it is a terminal was asked of the stream that is written to. */
const alwaysDrawn = { validateStream: false }

function drawn(text: string, isTerminal: boolean): string {
  const parts = text.split(/^\ufdd0([^\ufdd0\ufdd1\n]*)\ufdd1$/m).map(visibleText)
  return parts
    .map((part, index) => (isTerminal && index % 2 === 1 ? styleText('bold', part, alwaysDrawn) : part))
    .join('')
}

/** Colour only on a terminal, and only if NO_COLOR is not set. */
function red(text: string, isTerminal: boolean): string {
  return isTerminal && !process.env.NO_COLOR ? styleText('red', text, alwaysDrawn) : text
}
