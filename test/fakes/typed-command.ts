// A command as it is typed, read against the real options: `typed('run --model digits')`.
import { carryOut, type Request, readCommandLine } from '../../electron/cli/command-line.ts'
import type { Services } from '../../electron/services.ts'

type RunRequest = Extract<Request, { kind: 'run' }>

/** @param words with single spaces between them. */
export function typed(words: string): RunRequest {
  const request = readCommandLine(words.split(' '), '1.2.3')
  if (request.kind === 'run') return request
  throw new Error(`${words} asks for no run`)
}

/** What is refused before anything is looked up: message and remedy. */
export function faultsOf(words: string): readonly string[] {
  return typed(words).faults.map(({ message, remedy }) => `${message} ${remedy}`)
}

/** Carries a command out over the services that it uses, and keeps what it prints. */
export function carriedOut(words: string, services: Partial<Services>, signal = new AbortController().signal) {
  const results: string[] = []
  const notes: string[] = []
  const terminal = {
    result: (text: string) => void results.push(text),
    note: (text: string) => void notes.push(text),
    status: () => {},
    resultIsTerminal: false,
    noteIsTerminal: false,
  }
  const code = carryOut(typed(words), { services: services as Services, terminal, signal })
  return { code, results, notes }
}
