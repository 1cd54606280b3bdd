// Takes up the folder of a run that ended before it was done. One process alone: the mark is taken as a lock is, and
// given back by closing the writer. Throws `unknown-run`, `bad-usage` where the run is done or goes on, and what cannot
// be read or written. Does not decide which groups are measured again: electron/runs/resumed-run.ts does.
import { open, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import { syncFolder } from './atomic-file.ts'
import { markIfInterrupted } from './interrupted-run.ts'
import { readMachineLines } from './machine-lines.ts'
import { readRecord } from './run-folder.ts'
import { groupFolders, logFile, machineFile } from './run-layout.ts'
import { reopenRunWriter } from './run-writer.ts'
import type { ReopenedRun } from './run-writing.ts'
import { readSampleLines } from './sample-lines.ts'
import { errorCode, writing } from './write-failure.ts'

export async function reopenRun(folder: string): Promise<ReopenedRun> {
  const absolute = resolve(folder)
  await markIfInterrupted(absolute)
  await endedRecord(absolute)
  const writer = await reopenRunWriter(absolute)
  if (writer === null) throw goingOn(absolute)
  try {
    // Again, now that no other process can change it.
    const record = await endedRecord(absolute)
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

async function endedRecord(folder: string): Promise<RunRecord> {
  const record = await readRecord(folder)
  if (record.state === 'queued' || record.state === 'running') throw goingOn(folder)
  if (record.state !== 'completed') return record
  throw new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `Run ${record.runId} is completed: there is nothing to resume.`,
    remedy: 'To measure it again, start a new run with the command that its record names.',
  })
}

function goingOn(folder: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `The run in ${folder} is still going on.`,
    remedy: 'Wait until it has ended, or cancel it where it was started.',
  })
}

/** The latest moment that anything on disk tells of. */
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

/** What a crash cut off must not take the first line of the next session with it. */
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
