// Turns the operating system's refusal to write into an expected failure. Anything else passes through unchanged:
// it is a bug, or somebody else's error.
import { BenchError } from '../../shared/domain/bench-error.ts'

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const deniedCodes = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',

  'EISDIR',
  'ENAMETOOLONG',
  'ELOOP',
])

export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

export function asWriteFailure(error: unknown, path: string): unknown {
  const code = errorCode(error)
  if (code === null) return error
  const cause = error instanceof Error ? error.message : null
  if (fullCodes.has(code)) {
    return new BenchError({
      code: 'disk-full',
      stage: 'store',
      message: `There is no room left to write ${path}.`,
      remedy: 'Free some disk space, or choose a folder on another disk, and run again; what was written is kept.',
      cause,
    })
  }
  if (deniedCodes.has(code)) {
    return new BenchError({
      code: 'not-writable',
      stage: 'store',
      message: `${path} cannot be written.`,
      remedy: 'Choose a folder that you may write to.',
      cause,
    })
  }
  return error
}

/** Runs a write and rejects with the expected failure where there is one. */
export async function writing<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    throw asWriteFailure(error, path)
  }
}
