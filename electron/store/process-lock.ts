// One work at a time under a lock file, in this process and in any other (the window and the command line share a data
// folder). The lock names its owner, so one left by a process that is gone is taken over. Whoever waits may be cancelled.
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { makeFolder } from './make-folder.ts'
import { isAlive, processMarkSchema, thisProcess } from './process-mark.ts'
import { errorCode, writing } from './write-failure.ts'

export interface LockWait {
  readonly signal?: AbortSignal | undefined
  /** Called once, where another holds it. */
  readonly onWait?: (() => void) | undefined
  readonly lookAgainMs?: number
}

/** Rejects with the signal's reason while it waits; `disk-full` or `not-writable` where no lock can be made. */
export async function withProcessLock<Result>(
  lockFile: string,
  { signal, onWait, lookAgainMs = 100 }: LockWait,
  work: () => Promise<Result>,
): Promise<Result> {
  const mark = `${lockFile}.${randomUUID()}.unfinished`
  await writing(lockFile, async () => {
    await makeFolder(dirname(lockFile))
    await writeFile(mark, JSON.stringify(await thisProcess()), { flag: 'wx' })
  })
  try {
    let told = false
    while (!(await taken(mark, lockFile))) {
      signal?.throwIfAborted()
      if (await removedDeadLock(lockFile)) continue
      if (!told) onWait?.()
      told = true
      await delay(lookAgainMs, undefined, signal ? { signal } : {}).catch(() => {})
    }
  } finally {
    await rm(mark, { force: true })
  }
  try {
    return await work()
  } finally {
    await rm(lockFile, { force: true })
  }
}

/** False where somebody else has it. A link is made whole or not at all, so that nobody reads half a mark. */
export async function taken(mark: string, lockFile: string): Promise<boolean> {
  try {
    await link(mark, lockFile)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** False where its owner lives. Moved aside before it is removed: what was moved may be the lock of somebody who was quicker, and is put back. */
export async function removedDeadLock(lockFile: string): Promise<boolean> {
  const found = await readFile(lockFile, 'utf8').catch(() => null)
  if (found === null) return true
  if (await isOfLivingProcess(found)) return false
  const aside = `${lockFile}.${randomUUID()}.unfinished`
  try {
    await rename(lockFile, aside)
    if ((await readFile(aside, 'utf8')) !== found) await link(aside, lockFile).catch(() => {})
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  } finally {
    await rm(aside, { force: true })
  }
  return true
}

async function isOfLivingProcess(text: string): Promise<boolean> {
  try {
    return await isAlive(processMarkSchema.parse(JSON.parse(text)))
  } catch {
    return false
  }
}
