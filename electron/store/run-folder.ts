// Opens one run folder for reading, from anywhere on disk. Every value is checked against the schema before anyone
// sees it. Throws BenchError `unknown-run`, `newer-schema`, `record-unreadable`. Does not write, and knows no index.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type RunRecord, runRecordSchema, schemaVersion } from '../../shared/domain/run.ts'
import type { RunFolder } from '../services.ts'
import { recordFile } from './run-layout.ts'
import { readSampleLines } from './sample-lines.ts'
import { errorCode } from './write-failure.ts'

export async function openRunFolder(folder: string): Promise<RunFolder> {
  const absolute = resolve(folder)
  const record = await readRecord(absolute)
  return {
    folder: absolute,
    record,
    async samples(groupKey, caseKey) {
      const known = record.groups.some(
        (group) => group.groupKey === groupKey && group.cases.some((entry) => entry.caseKey === caseKey),
      )
      if (!known) {
        throw new BenchError({
          code: 'bad-usage',
          stage: 'store',
          message: `Run ${record.runId} has no case ${groupKey}/${caseKey}.`,
          remedy: 'Name a group and a case that the record lists.',
        })
      }
      return readSampleLines(absolute, groupKey, caseKey)
    },
  }
}

export async function readRecord(folder: string): Promise<RunRecord> {
  const file = recordFile(folder)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = errorCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    throw new BenchError({
      code: 'unknown-run',
      stage: 'store',
      message: `${folder} is not a run folder: it has no run.json.`,
      remedy: 'Choose the folder that a run was written to.',
    })
  })
  return parseRecord(text, file)
}

const versionSchema = z.object({ schemaVersion: z.number() })

export function parseRecord(text: string, file: string): RunRecord {
  const value = parseJson(text, file)
  const version = versionSchema.safeParse(value)
  if (version.success && version.data.schemaVersion > schemaVersion) {
    throw new BenchError({
      code: 'newer-schema',
      stage: 'store',
      message: `${file} was written by a newer Enginebench (record version ${version.data.schemaVersion}, this one reads up to ${schemaVersion}).`,
      remedy: 'Update Enginebench to open this run.',
    })
  }
  const parsed = runRecordSchema.safeParse(value)
  if (!parsed.success) throw unreadable(file, z.prettifyError(parsed.error))
  return parsed.data
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : null)
  }
}

function unreadable(file: string, cause: string | null): BenchError {
  return new BenchError({
    code: 'record-unreadable',
    stage: 'store',
    message: `${file} cannot be read as a run's record.`,
    remedy: 'Restore the file from a copy; the samples beside it are not touched.',
    cause,
  })
}
