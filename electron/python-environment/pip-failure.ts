// Turns what pip printed before it failed into one sentence and a remedy. pip has no machine-readable errors, so its
// words are looked for; what is not recognised is passed on as its last ERROR line.
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'

export interface KnownFailure {
  readonly pattern: RegExp
  readonly code: BenchErrorCode
  readonly message: (task: string) => string
  readonly remedy: string
}

const knownFailures: readonly KnownFailure[] = [
  {
    pattern: /No space left on device|Errno 28/,
    code: 'disk-full',
    message: (task) => `The disk is full: ${task} stopped.`,
    remedy: 'Free several GB on the disk of the data folder (or move it: ENGINEBENCH_HOME), then try again.',
  },
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
    // What pip says of an index that gives no answer, when it was told not to retry.
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
 * @param ownFailures of what is installed; they come before pip's own.
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
  const known = [...ownFailures, ...knownFailures].find(({ pattern }) => pattern.test(text))
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
