// Runs one Python program to its end: isolated from the user's Python settings, in its own process group, which is
// ended as a whole on cancel and, on Linux, by the kernel if this process dies. Lines of stdout and stderr are reported
// as they are written. Never uses a shell. Rejects with the signal's reason when cancelled; a failure is a result.
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { cleanedEnvironment, type Environment } from '../system/process-environment.ts'

const graceBeforeKillMs = 3000

/**
 * Asks the kernel to end this process with its parent (PR_SET_PDEATHSIG), then runs the module named by the first
 * argument.
 */
const dieWithParent = [
  'import runpy, sys',
  'try:',
  '    import ctypes; ctypes.CDLL(None).prctl(1, 9)',
  'except Exception:',
  '    pass',
  'del sys.argv[0]',
  'runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)',
].join('\n')

export interface PythonProcessResult {
  /** Null if it ended by a signal or could not start. */
  readonly exitCode: number | null
  readonly stdout: string
  /** The last lines of both streams, oldest first, for error messages. */
  readonly tail: readonly string[]
}

export interface PythonProcessOptions {
  readonly signal?: AbortSignal
  readonly onLine?: (line: string) => void
  readonly timeoutMs?: number
  /** In addition to the user's own. */
  readonly environment?: Environment
}

export function runPythonModule(
  interpreter: string,
  moduleName: string,
  moduleArguments: readonly string[],
  options: PythonProcessOptions = {},
): Promise<PythonProcessResult> {
  return runPython(interpreter, ['-c', dieWithParent, moduleName, ...moduleArguments], options)
}

export async function runPython(
  interpreter: string,
  programArguments: readonly string[],
  { signal, onLine, timeoutMs, environment = {} }: PythonProcessOptions = {},
): Promise<PythonProcessResult> {
  signal?.throwIfAborted()
  const child = execa(interpreter, ['-I', ...programArguments], {
    env: cleanedEnvironment(process.env, { PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8', ...environment }),
    extendEnv: false,
    detached: process.platform !== 'win32',
    cleanup: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  })
  const tail: string[] = []
  const readLines = async () => {
    for await (const line of child.iterable({ from: 'all' })) {
      tail.push(line)
      if (tail.length > 200) tail.shift()
      onLine?.(line)
    }
  }
  const endGroup = () => void endProcessGroup(child.pid, child)
  signal?.addEventListener('abort', endGroup, { once: true })
  try {
    const [result] = await Promise.all([child, readLines().catch(() => undefined)])
    signal?.throwIfAborted()
    return { exitCode: result.exitCode ?? null, stdout: result.stdout, tail }
  } finally {
    signal?.removeEventListener('abort', endGroup)
  }
}

async function endProcessGroup(pid: number | undefined, gone: Promise<unknown>): Promise<void> {
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  const ended = await Promise.race([gone.then(() => true), delay(graceBeforeKillMs, false, { ref: false })])
  // Children may outlive the process: the group is signalled again even when its leader is gone.
  signalGroup(pid, 'SIGKILL')
  if (!ended) await gone
}

function signalGroup(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name)
  } catch {
    // The group is already gone.
  }
}
