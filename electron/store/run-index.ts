// A DuckDB table over the run folders, for lists and queries. Holds nothing that the folders do not: it can be deleted
// at any time. `open` throws if the file is damaged, locked or of another version; the store decides then.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import { type RunListEntry, runListEntrySchema } from '../../shared/ipc/contract.ts'

/** Increase it when the table changes: an index of another version is rebuilt. */
const indexVersion = 1

export interface IndexedRun {
  readonly folder: string
  /** Of run.json: modification time in ms and size in bytes; a difference means that the row is outdated. */
  readonly modifiedMs: number
  readonly sizeBytes: number
  /** Null if run.json cannot be read; it is not read again until it changes. */
  readonly entry: RunListEntry | null
}

const rowSchema = z.object({
  folder: z.string(),
  modified_ms: z.number(),
  size_bytes: z.number(),
  entry: z.string().nullable(),
})

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
          run_id varchar, state varchar, created_at varchar, model_name varchar, best_speedup double, entry varchar
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

  async rows(): Promise<readonly IndexedRun[]> {
    const reader = await this.#connection.runAndReadAll('select folder, modified_ms, size_bytes, entry from runs')
    return z
      .array(rowSchema)
      .parse(reader.getRowObjectsJS())
      .map((row) => ({
        folder: row.folder,
        modifiedMs: row.modified_ms,
        sizeBytes: row.size_bytes,
        entry: row.entry === null ? null : runListEntrySchema.parse(JSON.parse(row.entry)),
      }))
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
    for (const { folder, modifiedMs, sizeBytes, entry } of runs) {
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
      if (entry === null) appender.appendNull()
      else appender.appendVarchar(JSON.stringify(entry))
      appender.endRow()
    }
    appender.closeSync()
  }
}
