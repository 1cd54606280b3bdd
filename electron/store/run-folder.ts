// Opens one run folder for reading, from anywhere on disk. Checks every value against the schema before returning it.
// Throws BenchError `unknown-run`, `newer-schema`, `record-unreadable`. Does not write, and does not use the index.
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type RunRecord, runRecordSchema, schemaVersion } from '../../shared/domain/run.ts'
import {
  type BlockFlags,
  blockFlagsSchema,
  type SampleBlock,
  sampleBlockSchema,
} from '../../shared/domain/sample-block.ts'
import { type MachinePoint, machinePointSchema } from '../../shared/ipc/contract.ts'
import { joinFlags } from '../../shared/sampling/with-flags.ts'
import type { RunFolder } from '../services.ts'
import { errorCode } from './atomic-file.ts'
import { largestBytes, readTextFile, UnsuitableFile } from './regular-file.ts'

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
  const text = await readTextFile(file, largestBytes.record).catch((error: unknown) => {
    if (error instanceof UnsuitableFile) throw unsuitable(file, error)
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

function parseRecord(text: string, file: string): RunRecord {
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

function unsuitable(file: string, { message }: UnsuitableFile): BenchError {
  return new BenchError({
    code: 'record-unreadable',
    stage: 'store',
    message: `${file} ${message}.`,
    remedy: 'Put the file that Enginebench wrote in its place, or remove the folder.',
  })
}

function unreadable(file: string, cause: string | null): BenchError {
  return new BenchError({
    code: 'record-unreadable',
    stage: 'store',
    message: `${file} cannot be read as a run's record.`,
    remedy: 'Restore the file from a copy. The samples next to it are unchanged.',
    cause,
  })
}

// Paths inside one run folder. Names are fixed: the command line, the app and external readers share them.

export const recordName = 'run.json'
/**
 * Exists only while a process writes the run and identifies it, so that an abandoned run can be told from a live one.
 */
const runningName = 'running.json'
const machineName = 'machine.ndjson'
const logName = 'log.ndjson'

export const recordFile = (runFolder: string): string => join(runFolder, recordName)
export const runningFile = (runFolder: string): string => join(runFolder, runningName)
export const machineFile = (runFolder: string): string => join(runFolder, machineName)
export const logFile = (runFolder: string): string => join(runFolder, logName)

export const samplesFile = (runFolder: string, groupKey: string, caseKey: string): string =>
  join(runFolder, 'samples', groupKey, `${caseKey}.ndjson`)

/** Flags judged after a block was written; joined to it when samples are read. */
export const flagsFile = (runFolder: string, groupKey: string, caseKey: string): string =>
  join(runFolder, 'samples', groupKey, `${caseKey}.flags.ndjson`)

export const outputsRoot = (runFolder: string): string => join(runFolder, 'outputs')

/** Everything that belongs to only one group. */
export const groupFolders = (runFolder: string, groupKey: string): readonly string[] => [
  join(runFolder, 'samples', groupKey),
  join(outputsRoot(runFolder), groupKey),
]

export const outputsFolder = (runFolder: string, groupKey: string, caseKey: string): string =>
  join(outputsRoot(runFolder), groupKey, caseKey)

// Reads samples/<groupKey>/<caseKey>.ndjson, and joins the flags that were judged later to the blocks. An incomplete
// line (cut off by a crash) is counted, never guessed at; complete blocks around it are kept. A missing file means that
// the case measured nothing.

interface SampleLines {
  readonly blocks: SampleBlock[]
  readonly tornLines: number
}

export async function readSampleLines(runFolder: string, groupKey: string, caseKey: string): Promise<SampleLines> {
  const { blocks, tornLines } = parseSampleLines(await textOf(samplesFile(runFolder, groupKey, caseKey)))
  const judged = await textOf(flagsFile(runFolder, groupKey, caseKey))
  return { blocks: joinFlags(blocks, parseFlagLines(judged)), tornLines }
}

/** Empty for a file that is not there. */
async function textOf(file: string): Promise<string> {
  return readTextFile(file, largestBytes.lines).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return ''
    throw error instanceof UnsuitableFile ? unsuitable(file, error) : error
  })
}

function parseFlagLines(text: string): BlockFlags[] {
  return text.split('\n').flatMap((line) => {
    try {
      return blockFlagsSchema.safeParse(JSON.parse(line)).data ?? []
    } catch {
      return []
    }
  })
}

function parseSampleLines(text: string): SampleLines {
  const blocks: SampleBlock[] = []
  let tornLines = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const block = parseBlock(line)
    if (block === null) tornLines += 1
    else blocks.push(block)
  }
  return { blocks, tornLines }
}

function parseBlock(line: string): SampleBlock | null {
  try {
    return sampleBlockSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

// Reads machine.ndjson: the machine during a run, once a second. A line cut off by a crash is left out; a missing file
// means that nothing was sampled. Written by run-writer.ts.

export async function readMachineLines(file: string): Promise<MachinePoint[]> {
  const text = await textOf(file)
  return text.split('\n').flatMap(parsePoint)
}

function parsePoint(line: string): MachinePoint[] {
  try {
    const point = machinePointSchema.safeParse(JSON.parse(line))
    return point.success ? [point.data] : []
  } catch {
    return []
  }
}
