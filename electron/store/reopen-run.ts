// Reopens the folder of a run that ended early, to resume it, or of a completed one, to continue it. Only one process
// may: the mark serves as the lock and is released by closing the writer. Throws `unknown-run`, `bad-usage` if the run's
// state does not fit or it is running, and read or write errors. Does not decide what is measured: resume.ts and
// continue.ts in electron/runs/session do.
import { open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { CaseRecord, RunRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { errorCode, syncFolder, writing } from './atomic-file.ts'
import { isHeldByLiving } from './process-lock.ts'
import {
  groupFolders,
  logFile,
  machineFile,
  readMachineLines,
  readRecord,
  readSampleLines,
  recordName,
  runningFile,
} from './run-folder.ts'
import { reopenRunWriter } from './run-writer.ts'
import type { ReopenedRun, ReopenPurpose } from './run-writing.ts'

export async function reopenRun(folder: string, purpose: ReopenPurpose): Promise<ReopenedRun> {
  const absolute = resolve(folder)
  await markIfInterrupted(absolute)
  await endedRecord(absolute, purpose)
  const writer = await reopenRunWriter(absolute)
  if (writer === null) throw goingOn(absolute)
  try {
    // Checked again, now that no other process can change it.
    const record = await endedRecord(absolute, purpose)
    await endTornLine(machineFile(absolute))
    await endTornLine(logFile(absolute))
    return {
      record,
      writer,
      lastMs: await lastMs(absolute, record),
      removeGroup: (groupKey) => removeGroup(absolute, groupKey),
    }
  } catch (error) {
    await writer.close()
    throw error
  }
}

async function endedRecord(folder: string, purpose: ReopenPurpose): Promise<RunRecord> {
  const record = await readRecord(folder)
  if (!hasEnded(record)) throw goingOn(folder)
  const isCompleted = record.state === 'completed'
  if (isCompleted === (purpose === 'continue')) return record
  throw new BenchError({
    code: 'bad-usage',
    stage: 'store',
    ...(isCompleted
      ? {
          message: `Run ${record.runId} is completed: there is nothing to resume.`,
          remedy: 'If it has undecided comparisons, continue it; to measure it again, run the command in its record.',
        }
      : {
          message: `Run ${record.runId} is not completed: it ended early (${record.state}).`,
          remedy: 'Resume it first; then it can be continued.',
        }),
  })
}

function goingOn(folder: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `The run in ${folder} is still running.`,
    remedy: 'Wait until it has ended, or cancel it where it was started.',
  })
}

/** The latest time recorded anywhere on disk. */
async function lastMs(folder: string, { groups }: RunRecord): Promise<number> {
  let latest = (await readMachineLines(machineFile(folder))).at(-1)?.atMs ?? 0
  for (const { groupKey, cases } of groups) {
    for (const { caseKey } of cases) {
      const { blocks } = await readSampleLines(folder, groupKey, caseKey)
      for (const { endedAtNs } of blocks) latest = Math.max(latest, endedAtNs / 1e6)
    }
  }
  return latest
}

/** Keeps a line that a crash cut off from running into the first line of the next session. */
async function endTornLine(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  })
  if (found === null || found.size === 0) return
  await writing(file, async () => {
    const handle = await open(file, 'a+')
    try {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, found.size - 1)
      if (buffer.toString() !== '\n') await handle.appendFile('\n')
    } finally {
      await handle.close()
    }
  })
}

async function removeGroup(folder: string, groupKey: string): Promise<void> {
  for (const groupFolder of groupFolders(folder, groupKey)) {
    await writing(groupFolder, async () => {
      await rm(groupFolder, { recursive: true, force: true })
      // Before anything is appended under the same names.
      await syncFolder(dirname(groupFolder)).catch((error: unknown) => {
        if (errorCode(error) !== 'ENOENT') throw error
      })
    })
  }
}

// Marks a run whose process is gone. Finished cases stay; running ones become failed with the reason, their samples
// kept and marked partial. Resuming (reopen-run.ts) measures the group again: two sessions are never spliced.

const interruption: BenchErrorRecord = {
  code: 'interrupted',
  stage: 'measure',
  message: 'Enginebench was closed during this run.',
  remedy: 'Resume it, or run it again. Finished groups are kept.',
  cause: null,
}

const marking = new Map<string, Promise<boolean>>()

/**
 * True if the run was left behind and is now marked. A run that a live process writes is not touched: it is held like a
 * run that is resumed while it is marked, and whoever asks meanwhile in this process waits for the same answer.
 */
export function markIfInterrupted(folder: string): Promise<boolean> {
  const known = marking.get(folder)
  if (known !== undefined) return known
  const marked = markLeftBehind(folder).finally(() => marking.delete(folder))
  marking.set(folder, marked)
  return marked
}

async function markLeftBehind(folder: string): Promise<boolean> {
  const found = await readRecord(folder).catch(() => null)
  if (found === null || hasEnded(found) || (await isHeldByLiving(runningFile(folder)))) return false
  const writer = await reopenRunWriter(folder, 0)
  if (writer === null) return false
  try {
    // Read again, now that no other process can change it.
    const record = await readRecord(folder)
    if (hasEnded(record)) return false
    await writer.writeRecord(await summarized(folder, interrupted(record)))
    await removeUnfinished(folder)
    return true
  } finally {
    await writer.close()
  }
}

export function hasEnded({ state }: Pick<RunRecord, 'state'>): boolean {
  return state !== 'running' && state !== 'queued'
}

export function interrupted(record: RunRecord): RunRecord {
  return {
    ...record,
    state: 'interrupted',
    error: interruption,
    groups: record.groups.map((group) => ({ ...group, cases: group.cases.map(interruptedCase) })),
  }
}

/** Summarises what was measured before the end from the samples on disk. */
async function summarized(folder: string, record: RunRecord): Promise<RunRecord> {
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { groupKey, launches, stopped, cases } of record.groups) {
    for (const { caseKey } of cases) {
      const read = (await readSampleLines(folder, groupKey, caseKey)).blocks
      // Continuing was interrupted in a launch: it does not count.
      const counted = stopped === undefined ? read : read.filter(({ launch }) => launch < (launches?.length ?? 0))
      blocks.set(`${groupKey}/${caseKey}`, counted)
    }
  }
  return recomputeRecord(record, (groupKey, caseKey) => blocks.get(`${groupKey}/${caseKey}`) ?? [])
}

function interruptedCase(entry: CaseRecord): CaseRecord {
  if (entry.state !== 'pending' && entry.state !== 'running') return entry
  return { ...entry, state: 'failed', reason: interruption.message, error: interruption }
}

/** Temporary files of writes that never reached their rename. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder)
  const leftovers = names.filter((name) => name.startsWith(`${recordName}.`))
  for (const name of leftovers) await rm(join(folder, name), { force: true })
}
