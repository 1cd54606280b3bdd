// An environment's own pip, so that the user's pip configuration (index, proxy, constraints) applies. Installs only
// wheels, so that no package code runs during installation, except for named packages. Never prompts.

import { tmpdir } from 'node:os'
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'
import type { Environment } from '../system/process-environment.ts'
import { type PythonProcessOptions, type PythonProcessResult, runPythonModule } from './python-process.ts'

export interface PipInstallOptions {
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
  /** `installing torch 2.13.0`: completes "pip failed while …". */
  readonly task: string
  /** Packages that have no wheels: their own set-up programs run. Only wheels if left out. */
  readonly sourcePackages?: readonly string[]
  /** Failures specific to these packages, looked for before pip's general ones. */
  readonly knownFailures?: readonly KnownFailure[]
  /** False to leave nothing in pip's cache; true if left out. */
  readonly keepsDownloads?: boolean
  readonly environment?: Environment
}

export async function pipInstall(
  interpreter: string,
  installArguments: readonly string[],
  options: PipInstallOptions,
): Promise<void> {
  const {
    signal,
    onLine,
    task,
    sourcePackages = [],
    knownFailures = [],
    keepsDownloads = true,
    environment = {},
  } = options
  const cached = keepsDownloads ? [] : ['--no-cache-dir']
  const built = sourcePackages.length === 0 ? [] : ['--no-binary', sourcePackages.join(',')]
  const progressBar = (await printsRawProgress(interpreter, signal)) ? 'raw' : 'off'
  const result = await pip(
    interpreter,
    ['install', '--no-input', '--only-binary', ':all:', ...built, ...cached, '--progress-bar', progressBar].concat(
      installArguments,
    ),
    { signal, onLine, environment },
  )
  if (result.exitCode !== 0) throw pipFailure(task, result.tail, knownFailures)
}

export function pip(
  interpreter: string,
  pipArguments: readonly string[],
  options: PythonProcessOptions,
): Promise<PythonProcessResult> {
  return runPythonModule(interpreter, 'pip', ['--disable-pip-version-check', ...pipArguments], options)
}

async function printsRawProgress(interpreter: string, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await pip(interpreter, ['--version'], { signal })
  const [, major, minor] = /^pip (\d+)\.(\d+)/.exec(stdout) ?? []
  return Number(major) > 24 || (Number(major) === 24 && Number(minor) >= 1)
}

// Reads one line of pip's output as progress. pip 24.1 and newer also prints `Progress 123 of 456` when asked to.
export interface PipProgress {
  /** `torch-2.13.0+cpu…whl, 190.3 MB`; null if the line names none. */
  readonly subject: string | null
  /** 0..1 of the current download; null if the line does not say. */
  readonly fraction: number | null
  /** Bytes of the current download so far, and in all. */
  readonly bytes?: readonly [number, number]
}

const nothing: PipProgress = { subject: null, fraction: null }

export function readPipLine(line: string): PipProgress {
  const progress = /^Progress (\d+) of (\d+)$/.exec(line.trim())
  if (progress) {
    const total = Number(progress[2])
    if (total <= 0) return nothing
    return { subject: null, fraction: Math.min(1, Number(progress[1]) / total), bytes: [Number(progress[1]), total] }
  }
  const fetched = /^\s*(?:Downloading|Processing|Using cached)\s+(\S+)(?:\s+\(([^)]+)\))?/.exec(line)
  if (fetched?.[1]) {
    const file = fetched[1].split('/').at(-1) ?? fetched[1]
    return { ...nothing, subject: fetched[2] ? `${file}, ${fetched[2]}` : file }
  }
  const installing = /^Installing collected packages: (.+)$/.exec(line)
  if (installing?.[1]) {
    const count = installing[1].split(',').length
    return { ...nothing, subject: count === 1 ? 'unpacking one package' : `unpacking ${count} packages` }
  }
  return nothing
}

// Turns pip's output before a failure into one sentence and a remedy. pip has no machine-readable errors, so this looks
// for its messages; for an unknown one it passes on the last ERROR line.
export interface KnownFailure {
  readonly pattern: RegExp
  readonly code: BenchErrorCode
  readonly message: (task: string) => string
  readonly remedy: string
}

/** Looked for first: a full disk makes downloads fail in many other words. */
const diskFull: KnownFailure = {
  pattern: /No space left on device|Errno 28|Disk quota exceeded|Errno 122/,
  code: 'disk-full',
  message: (task) => `A disk is full: ${task} stopped.`,
  remedy: `Free several GB on the disks of the data folder (or move it: ENGINEBENCH_HOME) and of the temporary folder ${tmpdir()} (or name another one: TMPDIR), then try again.`,
}

const knownFailures: readonly KnownFailure[] = [
  {
    pattern:
      /NewConnectionError|NameResolutionError|name resolution|Network is unreachable|Connection refused|ConnectTimeoutError|ReadTimeoutError|Read timed out|ProxyError|Max retries exceeded|ConnectionResetError|SSLError/,
    code: 'python-setup-failed',
    message: (task) => `The package index could not be reached: ${task} stopped.`,
    remedy: 'Check the network, proxy and pip configuration, or name a folder of wheels: --torch-source DIR.',
  },
  {
    pattern: /DO NOT MATCH THE HASHES/,
    code: 'python-setup-failed',
    message: (task) => `A downloaded package is not the pinned one (its hash differs): ${task} stopped.`,
    remedy: 'Try again; if it stays so, the package index or a proxy is altering files.',
  },
  {
    // pip's message for an index that does not answer, with retries switched off.
    pattern: /from versions: none/,
    code: 'python-setup-failed',
    message: (task) => `The package index could not be reached or has nothing of that name: ${task} stopped.`,
    remedy: 'Check the network, proxy and pip configuration, or name a folder of wheels: --torch-source DIR.',
  },
  {
    pattern: /No matching distribution found|Could not find a version/,
    code: 'python-setup-failed',
    message: (task) => `The package index has no build for this machine and Python: ${task} stopped.`,
    remedy: 'Use another Python (setup python --python INTERPRETER) or another source (--torch-source URL|DIR).',
  },
]

/**
 * @param task `installing torch 2.13.0`.
 * @param ownFailures failures specific to what is installed; they are checked before pip's own, but for a full disk.
 */
export function pipFailure(
  task: string,
  lines: readonly string[],
  ownFailures: readonly KnownFailure[] = [],
): BenchError {
  const text = lines.join('\n')
  const cause =
    lines.findLast((line) => /urlopen error|HTTP Error/.test(line))?.trim() ??
    lines.findLast((line) => /error/i.test(line)) ??
    lines.at(-1) ??
    null
  const known = [diskFull, ...ownFailures, ...knownFailures].find(({ pattern }) => pattern.test(text))
  if (known) {
    const { code, message, remedy } = known
    return new BenchError({ code, stage: 'setup', message: message(task), remedy, cause })
  }
  return new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message: `pip failed while ${task}${cause ? `: ${cause.replace(/^ERROR:\s*/, '')}` : '.'}`,
    remedy: 'Read the lines above; then repair: setup python --repair.',
    cause,
  })
}
