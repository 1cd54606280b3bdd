// The list of runs, through the index where it works and straight from the folders where it does not.
// A damaged or outdated index is deleted and built again; one that another process holds, or that cannot be opened at
// all, is done without, and said in `notice`. Answers are the same either way, only slower.
import { rm } from 'node:fs/promises'
import type { KnownFolders, RunPlace } from './known-folders.ts'
import { readRecord } from './run-folder.ts'
import type { IndexedRun, RunIndex } from './run-index.ts'
import { runListEntry } from './run-list-entry.ts'

export type OpenIndex = (file: string) => Promise<RunIndex>

export class RunCatalog {
  readonly #folders: KnownFolders
  readonly #indexFile: string
  readonly #openIndex: OpenIndex
  readonly #log: (line: string) => void
  #index: RunIndex | null = null
  #withoutIndex = new Map<string, IndexedRun>()
  #notice: string | null = null

  constructor(folders: KnownFolders, indexFile: string, log: (line: string) => void, openIndex: OpenIndex) {
    this.#folders = folders
    this.#indexFile = indexFile
    this.#log = log
    this.#openIndex = openIndex
  }

  /** Why the list is read without its index; null while the index works. */
  get notice(): string | null {
    return this.#notice
  }

  async runs(): Promise<readonly IndexedRun[]> {
    const places = await this.#folders.places()
    try {
      return await this.#throughIndex(places)
    } catch (error) {
      if (isLocked(error)) return this.#doWithout(places, error)
      this.#log(`The run index is rebuilt: ${words(error)}`)
      await this.#discard()
    }
    try {
      return await this.#throughIndex(places)
    } catch (error) {
      return this.#doWithout(places, error)
    }
  }

  /** From now on: one notice, not one for each question. */
  #doWithout(places: readonly RunPlace[], error: unknown): Promise<readonly IndexedRun[]> {
    this.#notice = `The run index cannot be used (${words(error)}); runs are read from their folders.`
    this.#log(this.#notice)
    return this.#fromFolders(places)
  }

  close(): void {
    this.#index?.close()
    this.#index = null
  }

  async #throughIndex(places: readonly RunPlace[]): Promise<readonly IndexedRun[]> {
    if (this.#notice !== null) return this.#fromFolders(places)
    this.#index ??= await this.#openIndex(this.#indexFile)
    const known = new Map((await this.#index.rows()).map((row) => [row.folder, row]))
    const { runs, changed } = await refresh(places, known)
    const present = new Set(places.map((place) => place.folder))
    await this.#index.replace(
      changed,
      [...known.keys()].filter((folder) => !present.has(folder)),
    )
    return runs
  }

  async #fromFolders(places: readonly RunPlace[]): Promise<readonly IndexedRun[]> {
    const { runs } = await refresh(places, this.#withoutIndex)
    this.#withoutIndex = new Map(runs.map((run) => [run.folder, run]))
    return runs
  }

  async #discard(): Promise<void> {
    try {
      this.close()
    } catch (error) {
      this.#log(`The run index did not close: ${words(error)}`)
    }
    this.#index = null
    await rm(this.#indexFile, { force: true })
    await rm(`${this.#indexFile}.wal`, { force: true })
  }
}

/** Reads only what changed since `known`. */
async function refresh(
  places: readonly RunPlace[],
  known: ReadonlyMap<string, IndexedRun>,
): Promise<{ runs: IndexedRun[]; changed: IndexedRun[] }> {
  const runs: IndexedRun[] = []
  const changed: IndexedRun[] = []
  for (const place of places) {
    const row = known.get(place.folder)
    if (row !== undefined && row.modifiedMs === place.modifiedMs && row.sizeBytes === place.sizeBytes) {
      runs.push(row)
      continue
    }
    const entry = await readRecord(place.folder).then(runListEntry, () => null)
    const run = { ...place, entry }
    runs.push(run)
    changed.push(run)
  }
  return { runs, changed }
}

/** Another process works with the index: it is whole, and not to be touched. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && /\block\b/i.test(error.message)
}

function words(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
}
