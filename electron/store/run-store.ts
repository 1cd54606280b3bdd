// All runs on this machine, by id. Run folders are the truth; the index over them is disposable (run-catalog.ts).
// Removing moves a folder to a trash folder next to the runs; a folder elsewhere is only forgotten.
import { mkdir, rename } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { RunListEntry } from '../../shared/ipc/contract.ts'
import type { RunFolder, RunStore } from '../services.ts'
import type { Paths } from '../system/application-paths.ts'
import { writing } from './atomic-file.ts'
import { markIfInterrupted } from './reopen-run.ts'
import { KnownFolders, type OpenIndex, RunCatalog } from './run-catalog.ts'
import { machineFile, openRunFolder, readMachineLines } from './run-folder.ts'
import { RunIndex } from './run-index.ts'

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

  async function folderOf(runId: string): Promise<string> {
    // A run in the runs folder is named by its id unless --out chose another name: opening it needs no index.
    const usual = await openRunFolder(join(paths.runsFolder, basename(runId))).catch(() => null)
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

  const openFolder = async (runId: string): Promise<RunFolder> => openRunFolder(await folderOf(runId))

  return {
    async list() {
      const entries = (await catalog.runs()).map((run) => run.entry).filter((entry) => entry !== null)
      return entries.sort(newestFirst)
    },
    async open(runId) {
      return (await openFolder(runId)).record
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
      const run = await openRunFolder(folder)
      if (!folders.isInside(run.folder)) await folders.addReference(run.folder)
      return run.record.runId
    },
    async remove(runId) {
      const folder = await folderOf(runId)
      if (folders.isInside(folder)) await moveToTrash(folder, join(resolve(paths.dataFolder), 'trash'))
      else await folders.forget(folder)
    },
    async recover() {
      const marked: string[] = []
      for (const { entry, folder } of await catalog.runs()) {
        if (entry?.state !== 'running' && entry?.state !== 'queued') continue
        if (await markIfInterrupted(folder)) marked.push(entry.runId)
      }
      return marked
    },
    notice: () => catalog.notice,
    close: () => catalog.close(),
  }
}

function newestFirst(left: RunListEntry, right: RunListEntry): number {
  return right.createdAt.localeCompare(left.createdAt) || right.runId.localeCompare(left.runId)
}

async function moveToTrash(folder: string, trash: string): Promise<void> {
  await writing(trash, async () => {
    await mkdir(trash, { recursive: true })
    await rename(folder, join(trash, `${basename(folder)}-${Date.now()}`))
  })
}
