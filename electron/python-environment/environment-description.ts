// Reads one environment's state from the disk and makes sure that its interpreter still starts: the Python it was made
// from may have been removed. Never throws.

import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { type EnvironmentName, setupWords } from '../../shared/domain/python-environment.ts'
import type { PythonEnvironment } from '../../shared/ipc/contract.ts'
import { type Commitment, type EnvironmentFolder, exists, readCommitment } from './environment-folder.ts'
import { isHeld } from './environment-lock.ts'
import { runPython } from './python-process.ts'

export async function describeEnvironment(
  environment: EnvironmentFolder,
  { ignoreLock = false }: { readonly ignoreLock?: boolean } = {},
): Promise<PythonEnvironment> {
  const { name, folder, adoptedFile, commitFile, lockFile } = environment
  const adopted = await readCommitment(adoptedFile)
  const commitment = adopted ?? (await readCommitment(commitFile))
  const known = { name, adopted: adopted !== null, ...facts(commitment) }
  if (!ignoreLock && (await isHeld(lockFile))) return { ...known, state: 'installing', error: null }
  if (commitment === null) {
    return (await exists(folder))
      ? { ...known, state: 'broken', error: broken(name, 'Its set-up was interrupted before it was complete.') }
      : { ...known, state: 'absent', error: null }
  }
  const problem = await whyItDoesNotStart(commitment.interpreter)
  return problem === null
    ? { ...known, state: 'ready', error: null }
    : { ...known, state: 'broken', error: broken(name, problem) }
}

function facts(commitment: Commitment | null) {
  return {
    interpreter: commitment?.interpreter ?? null,
    pythonVersion: commitment?.pythonVersion ?? null,
    sizeBytes: commitment?.sizeBytes ?? null,
    extras: commitment?.extras ?? [],
  }
}

async function whyItDoesNotStart(interpreter: string): Promise<string | null> {
  if (!(await exists(interpreter))) return `Its interpreter ${interpreter} is gone.`
  const { exitCode, tail } = await runPython(interpreter, ['-c', 'pass'], { timeoutMs: 20_000 })
  return exitCode === 0 ? null : `Its interpreter ${interpreter} does not start: ${tail.at(-1) ?? 'no message'}`
}

function broken(name: EnvironmentName, message: string): BenchErrorRecord {
  return new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message,
    remedy: `Repair it: ${setupWords(name)} --repair.`,
  }).record
}
