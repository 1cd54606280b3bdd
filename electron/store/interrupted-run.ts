// Marks a run whose process is gone. What was finished stays; what was going on is failed with the reason, its samples
// kept and marked partial. Resuming it (reopen-run.ts) measures its group again: two sessions are never spliced.
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { CaseRecord, RunRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { jsonText, writeAtomically } from './atomic-file.ts'
import { isAlive, processMarkSchema } from './process-mark.ts'
import { readRecord } from './run-folder.ts'
import { recordFile, recordName, runningFile } from './run-layout.ts'
import { readSampleLines } from './sample-lines.ts'

const interruption: BenchErrorRecord = {
  code: 'interrupted',
  stage: 'measure',
  message: 'Enginebench was closed while this ran.',
  remedy: 'Resume it, or run it again; what had finished is kept.',
  cause: null,
}

/** True when the run was left behind and is now marked. A run still going on in a living process is left alone. */
export async function markIfInterrupted(folder: string): Promise<boolean> {
  const record = await readRecord(folder).catch(() => null)
  if (record === null || (record.state !== 'running' && record.state !== 'queued')) return false
  if (await isBeingWritten(folder)) return false
  await writeAtomically(recordFile(folder), jsonText(await summarized(folder, interrupted(record))))
  await removeLeftovers(folder)
  return true
}

export function interrupted(record: RunRecord): RunRecord {
  return {
    ...record,
    state: 'interrupted',
    error: interruption,
    groups: record.groups.map((group) => ({ ...group, cases: group.cases.map(interruptedCase) })),
  }
}

/** What was measured before the end is summarised from the samples on disk. */
async function summarized(folder: string, record: RunRecord): Promise<RunRecord> {
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { groupKey, cases } of record.groups) {
    for (const { caseKey } of cases) {
      blocks.set(`${groupKey}/${caseKey}`, (await readSampleLines(folder, groupKey, caseKey)).blocks)
    }
  }
  return recomputeRecord(record, (groupKey, caseKey) => blocks.get(`${groupKey}/${caseKey}`) ?? [])
}

function interruptedCase(entry: CaseRecord): CaseRecord {
  if (entry.state !== 'pending' && entry.state !== 'running') return entry
  return { ...entry, state: 'failed', reason: interruption.message, error: interruption }
}

async function isBeingWritten(folder: string): Promise<boolean> {
  const text = await readFile(runningFile(folder), 'utf8').catch(() => null)
  if (text === null) return false
  try {
    return await isAlive(processMarkSchema.parse(JSON.parse(text)))
  } catch {
    return false
  }
}

/** The mark, and temporary files of a write that never came to its rename. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder)
  const leftovers = names.filter((name) => name.startsWith(`${recordName}.`))
  for (const name of leftovers) await rm(join(folder, name), { force: true })
  await rm(runningFile(folder), { force: true })
}
