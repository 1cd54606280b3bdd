// A DuckDB table over the run folders, for lists and queries. Holds nothing that the folders do not: it can be deleted
// at any time. `open` throws if the file is damaged, locked or of another version; the store decides then.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import { type BenchErrorRecord, benchErrorSchema } from '../../shared/domain/bench-error.ts'
import { type RunListEntry, runListEntrySchema } from '../../shared/ipc/contract.ts'

/** Increase it when the table changes: an index of another version is rebuilt. */
const indexVersion = 3

export interface IndexedRun {
  readonly folder: string
  /** Of run.json: modification time in ms and size in bytes; a difference means that the row is outdated. */
  readonly modifiedMs: number
  readonly sizeBytes: number
  /** Null if run.json cannot be read; it is not read again until it changes. */
  readonly entry: RunListEntry | null
  /** What is wrong with it; null if there is an entry. */
  readonly problem: BenchErrorRecord | null
}

const rowSchema = z.object({
  folder: z.string(),
  modified_ms: z.number(),
  size_bytes: z.number(),
  outcome: z.string(),
})

const outcomeSchema = z.union([
  z.object({ entry: runListEntrySchema, problem: z.null() }),
  z.object({ entry: z.null(), problem: benchErrorSchema }),
])

export class RunIndex {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  /** The native library is loaded only here, so that commands without a list never need it. */
  static async open(file: string): Promise<RunIndex> {
    await mkdir(dirname(file), { recursive: true })
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(file, { threads: '1' })
    try {
      const connection = await instance.connect()
      await connection.run(`
        create table if not exists index_version (version integer);
        create table if not exists runs (
          folder varchar primary key, modified_ms double, size_bytes double,
          run_id varchar, state varchar, created_at varchar, model_name varchar, best_speedup double, outcome varchar
        );
        insert into index_version select ${indexVersion} where not exists (from index_version);`)
      const [version] = (await connection.runAndReadAll('select version from index_version')).getRowsJS()
      if (version?.[0] !== indexVersion) throw new Error(`The index is of version ${String(version?.[0])}.`)
      return new RunIndex(instance, connection)
    } catch (error) {
      instance.closeSync()
      throw error
    }
  }

  /** A row that cannot be understood is left out, and its record is then read again. */
  async rows(): Promise<readonly IndexedRun[]> {
    const reader = await this.#connection.runAndReadAll('select folder, modified_ms, size_bytes, outcome from runs')
    return reader.getRowObjectsJS().flatMap(understood)
  }

  /** All or nothing. */
  async replace(changed: readonly IndexedRun[], goneFolders: readonly string[]): Promise<void> {
    if (changed.length + goneFolders.length === 0) return
    await this.#connection.run('begin')
    try {
      const gone = [...goneFolders, ...changed.map((run) => run.folder)]
      await this.#connection.run(
        'delete from runs where folder in (select unnest(from_json($folders::json, \'["varchar"]\')))',
        { folders: JSON.stringify(gone) },
      )
      await this.#insert(changed)
      await this.#connection.run('commit')
    } catch (error) {
      await this.#connection.run('rollback').catch(() => {})
      throw error
    }
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  async #insert(runs: readonly IndexedRun[]): Promise<void> {
    const appender = await this.#connection.createAppender('runs')
    for (const { folder, modifiedMs, sizeBytes, entry, problem } of runs) {
      appender.appendVarchar(folder)
      appender.appendDouble(modifiedMs)
      appender.appendDouble(sizeBytes)
      for (const text of [entry?.runId, entry?.state, entry?.createdAt, entry?.modelName]) {
        if (text === undefined) appender.appendNull()
        else appender.appendVarchar(text)
      }
      const speedup = entry?.bestSpeedup.value ?? null
      if (speedup === null) appender.appendNull()
      else appender.appendDouble(speedup)
      appender.appendVarchar(JSON.stringify({ entry, problem }))
      appender.endRow()
    }
    appender.closeSync()
  }
}

function understood(value: unknown): readonly IndexedRun[] {
  const row = rowSchema.safeParse(value)
  if (!row.success) return []
  const outcome = outcomeSchema.safeParse(parsedOrNull(row.data.outcome))
  if (!outcome.success) return []
  const { folder, modified_ms: modifiedMs, size_bytes: sizeBytes } = row.data
  return [{ folder, modifiedMs, sizeBytes, ...outcome.data }]
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
