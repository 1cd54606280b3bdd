// The list of runs, from the index if it works, otherwise from the folders. A damaged or outdated index is deleted and
// rebuilt; one that another process holds, or that cannot be opened at all, is not used, and `notice` says so. Answers
// are the same either way, only slower. A record that cannot be read, or whose id another folder has, is listed by what is
// wrong with it, and keeps nothing else from being listed.
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { type Figure, isMeasured, measured, missing } from '../../shared/domain/figure.ts'
import { hasSeededWeights, type RunRecord } from '../../shared/domain/run.ts'
import { type RunListEntry, runListEntrySchema } from '../../shared/ipc/contract.ts'
import type { KnownLatencyMs } from '../../shared/planning/estimate-plan.ts'
import { headlineOfGroup } from '../../shared/report/headline.ts'
import { jsonText, writeAtomically } from './atomic-file.ts'
import { readSmallText } from './regular-file.ts'
import { readRecord, recordFile } from './run-folder.ts'
import type { IndexedRun, RunIndex } from './run-index.ts'

export type OpenIndex = (file: string) => Promise<RunIndex>

export class RunCatalog {
  readonly #folders: KnownFolders
  readonly #indexFile: string
  readonly #openIndex: OpenIndex
  readonly #log: (line: string) => void
  #index: RunIndex | null = null
  #withoutIndex = new Map<string, IndexedRun>()
  #notice: string | null = null
  /** One look at a time: they share a connection. */
  #tail: Promise<unknown> = Promise.resolve()

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

  runs(): Promise<readonly IndexedRun[]> {
    const found = this.#tail.then(async () => {
      return withoutCopies(await this.#runsIn(await this.#folders.places()), this.#folders)
    })
    this.#tail = found.catch(() => {})
    return found
  }

  async #runsIn(places: readonly RunPlace[]): Promise<readonly IndexedRun[]> {
    try {
      return await this.#throughIndex(places)
    } catch (error) {
      if (isLocked(error)) return this.#doWithout(places, error)
      this.#log(`Rebuilding the run index: ${words(error)}`)
    }
    try {
      await this.#discard()
      return await this.#throughIndex(places)
    } catch (error) {
      return this.#doWithout(places, error)
    }
  }

  /** From now on: one notice, not one per query. */
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
    if (row !== undefined && isUnchanged(row, place)) {
      runs.push(row)
      continue
    }
    const { lasting, ...read } = await readEntry(place.folder)
    const run = { ...place, ...read }
    runs.push(run)
    if (lasting) changed.push(run)
  }
  return { runs, changed }
}

/** A record is read again if it could not be read for a reason that is not in its content, e.g. a disk that is gone. */
async function readEntry(
  folder: string,
): Promise<Pick<IndexedRun, 'entry' | 'problem'> & { readonly lasting: boolean }> {
  try {
    return { entry: runListEntrySchema.parse(runListEntry(await readRecord(folder))), problem: null, lasting: true }
  } catch (error) {
    if (error instanceof BenchError) return { entry: null, problem: error.record, lasting: true }
    return { entry: null, problem: unopened(folder, error), lasting: false }
  }
}

function unopened(folder: string, error: unknown): BenchErrorRecord {
  return {
    code: 'record-unreadable',
    stage: 'store',
    message: `${recordFile(folder)} could not be opened.`,
    remedy: 'Check that its disk is there and that you may read it.',
    cause: words(error),
  }
}

/** Of several folders with one id, only one is that run: the one named by the id, otherwise the first. */
function withoutCopies(runs: readonly IndexedRun[], folders: KnownFolders): readonly IndexedRun[] {
  const holders = new Map<string, string>()
  for (const { entry, folder } of runs) {
    if (entry === null) continue
    const isUsual = folders.isInside(folder) && basename(folder) === entry.runId
    if (isUsual || !holders.has(entry.runId)) holders.set(entry.runId, folder)
  }
  return runs.map((run) => {
    const holder = run.entry === null ? run.folder : holders.get(run.entry.runId)
    return holder === undefined || holder === run.folder ? run : { ...run, entry: null, problem: copyOf(run, holder) }
  })
}

function copyOf({ entry, folder }: Pick<IndexedRun, 'entry' | 'folder'>, holder: string): BenchErrorRecord {
  return {
    code: 'bad-usage',
    stage: 'store',
    message: `The run in ${folder} has the same id as the one in ${holder}: ${entry?.runId}.`,
    remedy: 'Remove one of the two. A report of either can be written by the command line, by its folder.',
    cause: null,
  }
}

/** Another process uses the index: it is intact and must not be touched. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && /\block\b/i.test(error.message)
}

function words(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
}

// Which folders are runs: every folder in runsFolder that contains a run.json, and folders elsewhere that the user
// opened, whose paths are kept in a small file. Does not read the records.

/** A change of the record is a change of its place. */
export interface RunPlace {
  readonly folder: string
  readonly modifiedMs: number
  readonly sizeBytes: number
}

export function isUnchanged(before: RunPlace, now: RunPlace): boolean {
  return before.folder === now.folder && before.modifiedMs === now.modifiedMs && before.sizeBytes === now.sizeBytes
}

const referencesSchema = z.object({ folders: z.array(z.string()) })

export class KnownFolders {
  readonly #runsFolder: string
  readonly #referencesFile: string

  constructor(runsFolder: string, referencesFile: string) {
    this.#runsFolder = resolve(runsFolder)
    this.#referencesFile = referencesFile
  }

  isInside(folder: string): boolean {
    return resolve(folder).startsWith(this.#runsFolder + sep)
  }

  /** Referenced folders that are gone (an unplugged disk) are left out, and stay referenced. */
  async places(): Promise<readonly RunPlace[]> {
    const names = await readdir(this.#runsFolder).catch(() => [])
    const folders = [...names.map((name) => join(this.#runsFolder, name)), ...(await this.#references())]
    const places = await Promise.all(folders.map(placeOf))
    return places.filter((place) => place !== null)
  }

  async addReference(folder: string): Promise<void> {
    const references = await this.#references()
    if (!references.includes(folder)) await this.#write([...references, folder])
  }

  async forget(folder: string): Promise<void> {
    await this.#write((await this.#references()).filter((known) => known !== folder))
  }

  async #references(): Promise<readonly string[]> {
    const text = await readSmallText(this.#referencesFile)
    if (text === null) return []
    try {
      return referencesSchema.parse(JSON.parse(text)).folders
    } catch {
      return []
    }
  }

  #write(folders: readonly string[]): Promise<void> {
    return writeAtomically(this.#referencesFile, jsonText({ folders }))
  }
}

/** Null if there is no record. */
export async function placeOf(folder: string): Promise<RunPlace | null> {
  const found = await stat(recordFile(folder)).catch(() => null)
  return found === null ? null : { folder, modifiedMs: found.mtimeMs, sizeBytes: found.size }
}

// One line of the run list, made from a record. Pure.

function runListEntry(record: RunRecord): RunListEntry {
  const cases = record.groups.flatMap((group) => group.cases)
  return {
    runId: record.runId,
    state: record.state,
    createdAt: record.createdAt,
    modelName: record.modelName,
    preset: record.plan.preset,
    simulated: record.simulated,
    seededWeights: hasSeededWeights(record),
    caseCount: cases.length,
    bestSpeedup: bestSpeedup(record),
  }
}

/** The largest that a headline of the run claims for an engine; one where nothing beats the baseline claims none. */
function bestSpeedup(record: RunRecord): Figure {
  const [best] = record.groups
    .map((group) => ({ group, headline: headlineOfGroup(record, group) }))
    .filter(({ group, headline: { verdict, best } }) => verdict === 'faster' && best !== group.baseline)
    .map(({ headline }) => headline)
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0))
  return best === undefined || best.value === null
    ? missing('No speedup was shown in this run.')
    : measured(best.value, best.interval)
}

// Query times from earlier runs: the latest completed median of each case, by group and case. Reads the few latest
// records of the model in the runs folder, found by name, so no index is needed. Unreadable records and simulated runs
// are ignored.

const recordsRead = 8

export async function knownLatencies(runsFolder: string, modelId: string): Promise<KnownLatencyMs> {
  const names = await readdir(runsFolder).catch(() => [])
  const latestFirst = names
    .filter((name) => name.includes(`-${modelId}-`))
    .sort()
    .reverse()
  const known = new Map<string, number>()
  for (const name of latestFirst.slice(0, recordsRead)) {
    const record = await readRecord(join(runsFolder, name)).catch(() => null)
    if (record === null || record.simulated) continue
    for (const { groupKey, cases } of record.groups) {
      for (const { caseKey, state, latencyMs } of cases) {
        const key = `${groupKey}/${caseKey}`
        if (state === 'completed' && isMeasured(latencyMs.p50) && !known.has(key)) known.set(key, latencyMs.p50.value)
      }
    }
  }
  return (groupKey, caseKey) => known.get(`${groupKey}/${caseKey}`) ?? null
}
