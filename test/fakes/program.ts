// The built command line as a user runs it: a process of its own, its streams and exit code.
import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

const repositoryFolder = dirname(dirname(import.meta.dirname))
/** Builds when sources have changed, then runs. */
const launcher = join(repositoryFolder, 'scripts', 'enginebench.mjs')
const program = join(repositoryFolder, 'out', 'cli', 'enginebench.cjs')

export interface ProgramResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartedProgram {
  readonly child: ChildProcess
  readonly ended: Promise<ProgramResult>
  /** Resolves when stderr has shown it. */
  untilNoted(pattern: RegExp): Promise<void>
}

export async function buildProgram(): Promise<void> {
  const { code, stderr } = await start(launcher, ['--version'], {}).ended
  if (code !== 0) throw new Error(`the command line could not be built: ${stderr}`)
}

export function startProgram(words: readonly string[], home: string, wrapper: readonly string[] = []): StartedProgram {
  return start(program, words, { ENGINEBENCH_HOME: home }, wrapper)
}

/** As `npm run enginebench` does: npm, its shell, the launcher, and the program in a process of its own. */
export function startUnderNpm(words: readonly string[], home: string): StartedProgram {
  const environment = { ENGINEBENCH_HOME: home, npm_lifecycle_event: 'enginebench' }
  const shells = ['sh', '-c', 'sh -c \'"$@"; exit $?\' sh "$@"; exit $?', 'npm']
  return start(launcher, words, environment, shells)
}

export function startLauncher(words: readonly string[], home: string): StartedProgram {
  return start(launcher, words, { ENGINEBENCH_HOME: home })
}

export function runProgram(
  words: readonly string[],
  home: string,
  wrapper: readonly string[] = [],
): Promise<ProgramResult> {
  return startProgram(words, home, wrapper).ended
}

/** @param wrapper a program and its words that go before: `['unshare', '-rm', …]`. */
function start(
  file: string,
  words: readonly string[],
  environment: Record<string, string>,
  wrapper: readonly string[] = [],
): StartedProgram {
  const [first = '', ...rest] = [...wrapper, process.execPath, file, ...words]
  const child = spawn(first, rest, {
    env: { ...process.env, ...environment, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<ProgramResult>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return {
    child,
    ended,
    untilNoted: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(stderr) && resolve()
        child.stderr.on('data', look)
        child.once('close', () => reject(new Error(`it ended before it said ${pattern}: ${stderr}`)))
        look()
      }),
  }
}
