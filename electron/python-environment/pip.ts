// An environment's own pip, so that the user's pip configuration (index, proxy, constraints) is obeyed. Only wheels are
// taken, so that nothing of a package runs while it is installed, but for packages named as an exception. Never prompts.
import { type KnownFailure, pipFailure } from './pip-failure.ts'
import { type PythonProcessResult, runPythonModule } from './python-process.ts'

export interface PipInstallOptions {
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
  /** `installing torch 2.13.0`: completes «pip failed while …». */
  readonly task: string
  /** Packages that have no wheels: their own set-up programs run. Wheels alone where left out. */
  readonly sourcePackages?: readonly string[]
  /** Failures that these packages alone have, looked for before those that pip has with any. */
  readonly knownFailures?: readonly KnownFailure[]
}

export async function pipInstall(
  interpreter: string,
  installArguments: readonly string[],
  { signal, onLine, task, sourcePackages = [], knownFailures = [] }: PipInstallOptions,
): Promise<void> {
  const built = sourcePackages.length === 0 ? [] : ['--no-binary', sourcePackages.join(',')]
  const progressBar = (await printsRawProgress(interpreter, signal)) ? 'raw' : 'off'
  const result = await pip(
    interpreter,
    ['install', '--no-input', '--only-binary', ':all:', ...built, '--progress-bar', progressBar, ...installArguments],
    { signal, onLine },
  )
  if (result.exitCode !== 0) throw pipFailure(task, result.tail, knownFailures)
}

export function pip(
  interpreter: string,
  pipArguments: readonly string[],
  options: { readonly signal?: AbortSignal; readonly onLine?: (line: string) => void; readonly timeoutMs?: number },
): Promise<PythonProcessResult> {
  return runPythonModule(interpreter, 'pip', ['--disable-pip-version-check', ...pipArguments], options)
}

async function printsRawProgress(interpreter: string, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await pip(interpreter, ['--version'], { signal })
  const [, major, minor] = /^pip (\d+)\.(\d+)/.exec(stdout) ?? []
  return Number(major) > 24 || (Number(major) === 24 && Number(minor) >= 1)
}
