// One conversion on disk: a folder named by its id with `record.json`, one `<step>.log.ndjson` per step and, while it
// is in a process's queue, `owner.json`, which shows whether that process is still alive.
import { appendFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ConversionRecord,
  type ConversionStepName,
  conversionIdSchema,
  conversionRecordSchema,
  type LogEntry,
  logEntrySchema,
} from '../../shared/domain/conversion.ts'
import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'
import { jsonText, writeAtomically, writing } from '../store/atomic-file.ts'
import { type OpenedRecord, openJsonRecord, type RecordKind } from '../store/json-record.ts'
import { removeLeftovers } from '../store/leftovers.ts'
import { isAlive, processMarkSchema, thisProcess } from '../store/process-lock.ts'
import { largestBytes, readSmallText, readTextFile } from '../store/regular-file.ts'

export interface ConversionFolders {
  write(record: ConversionRecord): Promise<void>
  /** Null if there is no readable record. */
  read(conversionId: string): Promise<ConversionRecord | null>
  /** Oldest first. */
  list(): Promise<readonly ConversionRecord[]>
  /** Folders whose record cannot be read; one without a record is what a killed process left, and holds nothing. */
  unreadable(): Promise<readonly UnreadableEntry[]>
  remove(conversionId: string): Promise<void>
  appendLog(conversionId: string, step: ConversionStepName, entries: readonly LogEntry[]): Promise<void>
  readLog(conversionId: string, step: ConversionStepName): Promise<readonly LogEntry[]>
  claim(conversionId: string): Promise<void>
  release(conversionId: string): Promise<void>
  /** Whether a live process, including this one, has it in its queue. */
  isClaimed(conversionId: string): Promise<boolean>
  /** Removes the claims of processes that are gone, and what they left half-written. */
  releaseDead(): Promise<void>
}

export function createConversionFolders(root: string): ConversionFolders {
  const inFolder = (conversionId: string, name: string) => join(root, conversionIdSchema.parse(conversionId), name)
  const logFile = (conversionId: string, step: ConversionStepName) => inFolder(conversionId, `${step}.log.ndjson`)
  const ownerFile = (conversionId: string) => inFolder(conversionId, 'owner.json')

  async function open(conversionId: string): Promise<OpenedRecord<ConversionRecord> | null> {
    if (!conversionIdSchema.safeParse(conversionId).success) return null
    return openJsonRecord(inFolder(conversionId, 'record.json'), conversionRecord)
  }

  async function read(conversionId: string): Promise<ConversionRecord | null> {
    const opened = await open(conversionId)
    return opened !== null && 'value' in opened ? opened.value : null
  }

  async function isClaimed(conversionId: string): Promise<boolean> {
    const text = await readSmallText(ownerFile(conversionId))
    const mark = text === null ? null : parsedOrNull(text, processMarkSchema)
    return mark !== null && isAlive(mark)
  }

  const release = (conversionId: string) => rm(ownerFile(conversionId), { force: true })

  return {
    read,
    release,
    isClaimed,
    write: (record) => writeAtomically(inFolder(record.conversionId, 'record.json'), jsonText(record)),
    async list() {
      const names = await readdir(root).catch(() => [])
      const records = (await Promise.all(names.map(read))).filter((record) => record !== null)
      return records.sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1))
    },
    async unreadable() {
      const names = await readdir(root).catch(() => [])
      const opened = await Promise.all(names.map(async (name) => ({ name, ...(await open(name)) })))
      return opened.flatMap((each): UnreadableEntry[] =>
        'problem' in each ? [{ kind: 'conversion', path: join(root, each.name), problem: each.problem }] : [],
      )
    },
    remove: (conversionId) => rm(inFolder(conversionId, '.'), { recursive: true, force: true }),
    appendLog(conversionId, step, entries) {
      const file = logFile(conversionId, step)
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
      return writing(file, () => appendFile(file, lines))
    },
    async readLog(conversionId, step) {
      const text = await readTextFile(logFile(conversionId, step), largestBytes.log).catch(() => '')
      return text.split('\n').flatMap((line) => parsedOrNull(line, logEntrySchema) ?? [])
    },
    claim: async (conversionId) => writeAtomically(ownerFile(conversionId), jsonText(await thisProcess())),
    async releaseDead() {
      const names = await readdir(root).catch(() => [])
      for (const name of names.filter((each) => conversionIdSchema.safeParse(each).success)) {
        await removeLeftovers(join(root, name))
        const hasOwner = (await readdir(join(root, name))).includes('owner.json')
        if (hasOwner && !(await isClaimed(name))) await release(name)
      }
    },
  }
}

const conversionRecord: RecordKind<ConversionRecord> = {
  ...{ schema: conversionRecordSchema, what: 'the record of a conversion' },
  afterwards: 'the artifacts that it made stay.',
}

function orderOf({ createdAt, conversionId }: ConversionRecord): string {
  return `${createdAt} ${conversionId}`
}

interface Schema<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false }
}

/** Null for a torn line or a record of another version. */
function parsedOrNull<Value>(text: string, schema: Schema<Value>): Value | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

// A conversion's id: UTC time of the request, model, and a few characters that distinguish two of the same second.
// `20260102-030405-digits-k3f9`.
export function newConversionId(createdAt: Date, modelId: string, suffix: string): string {
  const stamp = createdAt.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return conversionIdSchema.parse(`${stamp}-${modelId.slice(0, 60)}-${suffix}`)
}
