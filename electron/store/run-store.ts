// All runs on this machine, by id. Run folders are the truth; the index over them is disposable (run-catalog.ts).
// Removing moves a folder to a trash folder next to the runs; a folder elsewhere is only forgotten.
import { realpath } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'
import type { RunListEntry } from '../../shared/ipc/contract.ts'
import type { RunFolder, RunStore, Undo } from '../services.ts'
import type { Paths } from '../system/application-paths.ts'
import { isHeldByLiving } from './process-lock.ts'
import { hasEnded, markIfInterrupted } from './reopen-run.ts'
import { isUnchanged, KnownFolders, type OpenIndex, placeOf, RunCatalog, type RunPlace } from './run-catalog.ts'
import { machineFile, openRunFolder, readMachineLines, runningFile } from './run-folder.ts'
import { RunIndex } from './run-index.ts'
import { moveToTrash } from './trash.ts'

export interface RunStoreOptions {
  readonly log?: (line: string) => void
  readonly openIndex?: OpenIndex
}

export interface OpenedRunStore extends RunStore {
  openFolder(runId: string): Promise<RunFolder>
  /** Why the list is read without its index; null while the index works. */
  notice(): string | null
  /** Closes the index file. */
  close(): void
}

export function createRunStore(
  paths: Pick<Paths, 'dataFolder' | 'runsFolder'>,
  options: RunStoreOptions = {},
): OpenedRunStore {
  const folders = new KnownFolders(paths.runsFolder, join(paths.dataFolder, 'opened-runs.json'))
  const log = options.log ?? (() => {})
  const indexFile = join(paths.dataFolder, 'run-index.duckdb')
  const catalog = new RunCatalog(folders, indexFile, log, options.openIndex ?? RunIndex.open)

  /** The record that was read last, so that the samples of its many cases do not each read it again. */
  let latest: { readonly place: RunPlace; readonly run: Promise<RunFolder> } | null = null

  async function opened(folder: string): Promise<RunFolder> {
    const place = await placeOf(resolve(folder))
    if (place === null) return openRunFolder(folder)
    if (latest !== null && isUnchanged(latest.place, place)) return latest.run
    const run = openRunFolder(folder)
    latest = { place, run }
    run.catch(() => {
      if (latest?.run === run) latest = null
    })
    return run
  }

  async function folderOf(runId: string): Promise<string> {
    // A run in the runs folder is named by its id unless --out chose another name: opening it needs no index.
    const usual = await opened(join(paths.runsFolder, basename(runId))).catch(() => null)
    if (usual?.record.runId === runId) return usual.folder
    const found = (await catalog.runs()).find((run) => run.entry?.runId === runId)
    if (found !== undefined) return found.folder
    throw new BenchError({
      code: 'unknown-run',
      stage: 'store',
      message: `Run ${runId} was not found.`,
      remedy: 'List the runs, or open the folder of the run.',
    })
  }

  /** What the window was last told of; null before the first look. */
  let told: ReadonlyMap<string, { readonly place: RunPlace; readonly runId: string | null }> | null = null

  async function changed(): Promise<readonly string[] | null> {
    const before = told
    const places = await folders.places()
    const isSame = (place: RunPlace) => {
      const known = before?.get(place.folder)
      return known !== undefined && isUnchanged(known.place, place)
    }
    if (before !== null && before.size === places.length && places.every(isSame)) return null
    const runs = await catalog.runs()
    told = new Map(runs.map(({ entry, ...place }) => [place.folder, { place, runId: entry?.runId ?? null }]))
    if (before === null) return null
    const ended = [...before.values()].filter(({ place }) => !told?.has(place.folder))
    const now = [...told.values()].filter(({ place }) => !isSame(place))
    return [...new Set([...ended, ...now].flatMap(({ runId }) => runId ?? []))]
  }

  async function removed(folder: string): Promise<Undo> {
    if (folders.isInside(folder)) return moveToTrash(folder, resolve(paths.dataFolder))
    await folders.forget(folder)
    return () => folders.addReference(folder)
  }

  const openFolder = async (runId: string): Promise<RunFolder> => opened(await folderOf(runId))

  return {
    async list() {
      const entries = (await catalog.runs()).map((run) => run.entry).filter((entry) => entry !== null)
      return entries.sort(newestFirst)
    },
    async unreadable() {
      return (await catalog.runs()).flatMap(({ folder, problem }): UnreadableEntry[] =>
        problem === null ? [] : [{ kind: 'run', path: folder, problem }],
      )
    },
    async open(runId) {
      const { folder, record } = await openFolder(runId)
      // Left behind by a process that is gone, and recovery has not come to it yet or could not mark it.
      const marked = !hasEnded(record) && (await markIfInterrupted(folder).catch(() => false))
      return marked ? (await opened(folder)).record : record
    },
    folderOf,
    openFolder,
    async samples(runId, groupKey, caseKey) {
      return (await openFolder(runId)).samples(groupKey, caseKey)
    },
    async machine(runId) {
      return readMachineLines(machineFile(await folderOf(runId)))
    },
    async addFolder(folder) {
      const found = await openRunFolder(folder)
      const { runId } = found.record
      const known = (await catalog.runs()).find(({ entry }) => entry?.runId === runId)
      if (known !== undefined) {
        if ((await realpath(known.folder)) !== (await realpath(found.folder))) throw anotherFolder(runId, known.folder)
      } else if (!folders.isInside(found.folder)) await folders.addReference(found.folder)
      return runId
    },
    remove: async (runId) => removed(await folderOf(runId)),
    async removeUnreadable(folder) {
      if (await isHeldByLiving(runningFile(folder))) throw stillWritten(folder)
      return removed(folder)
    },
    async recover() {
      const marked: string[] = []
      for (const { entry, folder } of await catalog.runs()) {
        if (entry === null || hasEnded(entry)) continue
        try {
          if (await markIfInterrupted(folder)) marked.push(entry.runId)
        } catch (error) {
          log(`${folder} was left behind and cannot be marked: ${error instanceof Error ? error.message : error}`)
        }
      }
      return marked
    },
    changed,
    notice: () => catalog.notice,
    close: () => catalog.close(),
  }
}

/** The window knows runs by their ids: two of one id would show the same record. */
function anotherFolder(runId: string, folder: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `Run ${runId} is in the list already, from another folder: ${folder}.`,
    remedy: 'Remove that one from the list, then open this folder.',
  })
}

function stillWritten(folder: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `A process writes a run in ${folder}.`,
    remedy: 'Wait until it has ended, or cancel it where it was started.',
  })
}

function newestFirst(left: RunListEntry, right: RunListEntry): number {
  return right.createdAt.localeCompare(left.createdAt) || right.runId.localeCompare(left.runId)
}
