// One set-up of an environment at a time, across processes. The lock names its owner, so one left by a process that
// is gone is taken over.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { isAlive, processMarkSchema, thisProcess } from '../store/process-mark.ts'
import { writing } from '../store/write-failure.ts'

/** Throws `python-setup-failed` when another process holds it, `not-writable` or `disk-full` when it cannot be made. */
export async function withEnvironmentLock<Result>(lockFile: string, work: () => Promise<Result>): Promise<Result> {
  await writing(lockFile, async () => {
    await mkdir(dirname(lockFile), { recursive: true })
    if (!(await isHeld(lockFile))) await rm(lockFile, { force: true })
    const mark = JSON.stringify(await thisProcess())
    await writeFile(lockFile, mark, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? heldByAnother() : error
    })
  })
  try {
    return await work()
  } finally {
    await rm(lockFile, { force: true })
  }
}

export async function isHeld(lockFile: string): Promise<boolean> {
  try {
    return await isAlive(processMarkSchema.parse(JSON.parse(await readFile(lockFile, 'utf8'))))
  } catch {
    return false
  }
}

function heldByAnother(): BenchError {
  return new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message: 'Another set-up of this Python environment is at work.',
    remedy: 'Wait for it to end, or cancel it where it was started.',
  })
}
