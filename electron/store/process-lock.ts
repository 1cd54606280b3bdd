// One job at a time under a lock file, in this process and in others (the window and the command line share a data
// folder). The lock names its owner, so a lock left by a dead process is taken over. Waiting can be cancelled.
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { errorCode, makeFolder, writing } from './atomic-file.ts'
import { startTicks, unfinishedName } from './leftovers.ts'
import { largestBytes, readTextFile, UnsuitableFile } from './regular-file.ts'

interface LockWait {
  readonly signal?: AbortSignal | undefined
  /** Called once, if another process holds it. */
  readonly onWait?: (() => void) | undefined
  readonly lookAgainMs?: number
}

/**
 * Rejects with the signal's reason if cancelled while waiting; `disk-full` or `not-writable` if no lock can be made.
 */
export async function withProcessLock<Result>(
  lockFile: string,
  { signal, onWait, lookAgainMs = 100 }: LockWait,
  work: () => Promise<Result>,
): Promise<Result> {
  const mark = unfinishedName(lockFile)
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

/** False if another process has it. A link is made whole or not at all, so that nobody reads half a mark. */
export async function taken(mark: string, lockFile: string): Promise<boolean> {
  try {
    await link(mark, lockFile)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * False if its owner is alive. Moves it aside before removing it: the moved file may be the new lock of a faster
 * process, and is then put back.
 */
export async function removedDeadLock(lockFile: string): Promise<boolean> {
  const found = await lockText(lockFile)
  if (found === null) return true
  if (await isOfLivingProcess(found)) return false
  const aside = unfinishedName(lockFile)
  try {
    await rename(lockFile, aside)
    if ((await lockText(aside)) !== found) await link(aside, lockFile).catch(() => {})
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  } finally {
    await rm(aside, { force: true })
  }
  return true
}

/** Null if there is none; empty, which names no process, if it is a pipe or the like. */
async function lockText(lockFile: string): Promise<string | null> {
  try {
    return await readTextFile(lockFile, largestBytes.small)
  } catch (error) {
    if (error instanceof UnsuitableFile) return ''
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Without waiting or changing anything. */
export async function isHeldByLiving(lockFile: string): Promise<boolean> {
  return isOfLivingProcess((await lockText(lockFile)) ?? '')
}

async function isOfLivingProcess(text: string): Promise<boolean> {
  try {
    return await isAlive(processMarkSchema.parse(JSON.parse(text)))
  } catch {
    return false
  }
}

// Decides whether the process that marked a run folder is still running: a pid may have been reused, so the boot id
// and, if readable, the process's start time are part of the mark.

export const processMarkSchema = z.object({
  pid: z.number().int().positive(),
  /** Null if the platform has none; then only the pid decides. */
  bootId: z.string().nullable(),
  startTicks: z.string().nullable(),
})
type ProcessMark = z.infer<typeof processMarkSchema>

export async function thisProcess(): Promise<ProcessMark> {
  return { pid: process.pid, bootId: await bootId(), startTicks: startTicks(process.pid) }
}

export async function isAlive(mark: ProcessMark): Promise<boolean> {
  if (mark.bootId !== (await bootId())) return false
  try {
    process.kill(mark.pid, 0)
  } catch (error) {
    // EPERM: it is alive and belongs to another user.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return mark.startTicks === startTicks(mark.pid)
}

async function bootId(): Promise<string | null> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null))?.trim() ?? null
}

// Keeps two processes of the app, the window and the command line, from measuring or converting at the same time: each
// would distort the other's figures. A job that is aborted while it waits is let through, as turns promise. If no lock
// can be made at all, the job continues without one, which the log notes: the job itself reports a disk that refuses.

interface TurnGateDependencies {
  readonly lockFile: string
  /** Once for each waiting job. */
  readonly onWait: () => void
  readonly log: (line: string) => void
  readonly lookAgainMs?: number
}

/** Once a second: looking costs next to nothing, but it happens during the other process's measurement. */
const defaultLookAgainMs = 1000

export function createTurnGate({ lockFile, onWait, log, lookAgainMs = defaultLookAgainMs }: TurnGateDependencies) {
  return async <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
    if (signal.aborted) return work()
    const wait: LockWait = { signal, onWait, lookAgainMs }
    let begun = false
    try {
      return await withProcessLock(lockFile, wait, () => {
        begun = true
        return work()
      })
    } catch (error) {
      if (begun) throw error
      if (!signal.aborted) log(`Cannot wait for other processes: ${error instanceof Error ? error.message : error}`)
      return work()
    }
  }
}
