// The only writer of a run folder. A block is on disk before `appendBlock` resolves; the record is the old one or the
// new one, never a part. Does not decide what is recorded: electron/runs/session/run-recorder.ts does. Throws
// BenchError `folder-not-empty`, `disk-full`, `not-writable`; the last also where the folder, or samples in it, are
// gone: what was written into a deleted file is lost, and no run may count it.
import { type FileHandle, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { BlockFlags, SampleBlock } from '../../shared/domain/sample-block.ts'
import { errorCode, jsonText, makeFolder, replaceAtomically, writeAtomically, writing } from './atomic-file.ts'
import { removeLeftovers, unfinishedName } from './leftovers.ts'
import { removedDeadLock, taken, thisProcess } from './process-lock.ts'
import { openForAppending } from './regular-file.ts'
import {
  flagsFile,
  logFile,
  machineFile,
  outputsFolder,
  outputsRoot,
  readSampleLines,
  recordFile,
  runningFile,
  samplesFile,
} from './run-folder.ts'
import type { RunWriter } from './run-writing.ts'

/** The mark is padded by this much, which closing frees: space for the final record on a disk that filled up. */
const keptRoomBytes = 256 * 1024

export async function createRunWriter(folder: string): Promise<RunWriter> {
  try {
    await writing(folder, () => makeFolder(folder))
  } catch (error) {
    throw errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOTDIR' ? occupied(folder) : error
  }
  if ((await readdir(folder)).length > 0) throw occupied(folder)
  await writeAtomically(runningFile(folder), await ownMark(keptRoomBytes))
  return new RunFolderWriter(folder, await markIn(folder))
}

/**
 * For a folder that already holds a run. Null if a live process writes it.
 * @param roomBytes kept for the final record; none for a record that is written at once, maybe on a full disk.
 */
export async function reopenRunWriter(folder: string, roomBytes = keptRoomBytes): Promise<RunWriter | null> {
  const unfinished = unfinishedName(runningFile(folder))
  return writing(runningFile(folder), async () => {
    try {
      await writeFile(unfinished, await ownMark(roomBytes), { flag: 'wx' })
      while (!(await taken(unfinished, runningFile(folder)))) {
        if (!(await removedDeadLock(runningFile(folder)))) return null
      }
      return new RunFolderWriter(folder, await markIn(folder))
    } finally {
      await rm(unfinished, { force: true })
    }
  })
}

async function ownMark(roomBytes: number): Promise<string> {
  return jsonText(await thisProcess()) + ' '.repeat(roomBytes)
}

/** Tells this writer's mark from any other, also in a folder made anew; null if it is gone. */
async function markIn(folder: string): Promise<string | null> {
  const found = await stat(runningFile(folder)).catch(() => null)
  return found === null ? null : `${found.dev} ${found.ino} ${found.mtimeMs}`
}

function lost(path: string): BenchError {
  return new BenchError({
    code: 'not-writable',
    stage: 'store',
    message: `${path} was deleted or replaced while the run wrote it.`,
    remedy: 'Run again, and leave the folder as it is until the run has ended.',
  })
}

function occupied(folder: string): BenchError {
  return new BenchError({
    code: 'folder-not-empty',
    stage: 'store',
    message: `${folder} is not empty.`,
    remedy: 'Name a new or empty folder. A run never overwrites another.',
  })
}

class RunFolderWriter implements RunWriter {
  readonly folder: string
  readonly #mark: string | null
  readonly #appenders = new Map<string, Promise<FileHandle>>()
  /** Blocks that are in each file of samples, as far as this writer has written or read them. */
  readonly #blockCounts = new Map<string, number>()
  #closed = false
  #lost = false
  #logTail: Promise<void> = Promise.resolve()
  #recordTail: Promise<void> = Promise.resolve()

  constructor(folder: string, mark: string | null) {
    this.folder = folder
    this.#mark = mark
  }

  writeRecord(record: RunRecord): Promise<void> {
    const written = this.#recordTail.then(async () => {
      await this.#refuseIfLost()
      await replaceAtomically(recordFile(this.folder), jsonText(record))
    })
    this.#recordTail = written.catch(() => {})
    return written
  }

  async appendBlock(groupKey: string, caseKey: string, block: SampleBlock): Promise<void> {
    const file = samplesFile(this.folder, groupKey, caseKey)
    await this.#append(file, block, true)
    this.#blockCounts.set(file, (this.#blockCounts.get(file) ?? 0) + 1)
  }

  async readBlocks(groupKey: string, caseKey: string): Promise<readonly SampleBlock[]> {
    const file = samplesFile(this.folder, groupKey, caseKey)
    const { blocks } = await readSampleLines(this.folder, groupKey, caseKey)
    if (blocks.length < (this.#blockCounts.get(file) ?? 0)) throw lost(file)
    this.#blockCounts.set(file, blocks.length)
    return blocks
  }

  appendFlags(groupKey: string, caseKey: string, flags: BlockFlags): Promise<void> {
    return this.#append(flagsFile(this.folder, groupKey, caseKey), flags, false)
  }

  async keepLaunches(groupKey: string, caseKey: string, launches: number): Promise<void> {
    const { blocks, tornLines } = await readSampleLines(this.folder, groupKey, caseKey)
    const kept = blocks.filter(({ launch }) => launch < launches)
    if (kept.length === blocks.length && tornLines === 0) return
    // The blocks that were read have their flags.
    const samples = samplesFile(this.folder, groupKey, caseKey)
    const flags = flagsFile(this.folder, groupKey, caseKey)
    for (const file of [samples, flags]) await this.#endAppending(file)
    await writeAtomically(samples, kept.map((block) => `${JSON.stringify(block)}\n`).join(''))
    await writing(flags, () => rm(flags, { force: true }))
    this.#blockCounts.set(samples, kept.length)
  }

  appendMachineSample(sample: MachineSample): Promise<void> {
    return this.#append(machineFile(this.folder), sample, false)
  }

  appendLog(at: string, source: string, line: string): void {
    if (this.#closed) return
    // A log line that cannot be written must not end a run: samples and the record report a full disk themselves.
    this.#logTail = this.#logTail
      .then(() => this.#append(logFile(this.folder), { at, source, line }, false))
      .catch(() => {})
  }

  outputsFolder(groupKey: string, caseKey: string): string {
    return outputsFolder(this.folder, groupKey, caseKey)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#logTail
    await this.#recordTail
    const handles = await Promise.allSettled(this.#appenders.values())
    this.#appenders.clear()
    for (const handle of handles) if (handle.status === 'fulfilled') await handle.value.close()
    await removeUnfinishedOutputs(this.folder)
    if (await this.#isMarked()) await rm(runningFile(this.folder), { force: true })
  }

  /** A folder that was lost once stays lost, whatever lies there now. Once closed, there is no mark to look at. */
  async #refuseIfLost(): Promise<void> {
    this.#lost ||= !this.#closed && !(await this.#isMarked())
    if (this.#lost) throw lost(this.folder)
  }

  async #isMarked(): Promise<boolean> {
    return (await markIn(this.folder)) === this.#mark
  }

  async #append(file: string, value: unknown, durable: boolean): Promise<void> {
    await writing(file, async () => {
      const handle = await this.#appender(file)
      await handle.appendFile(`${JSON.stringify(value)}\n`)
      if (durable) await handle.datasync()
    })
  }

  async #endAppending(file: string): Promise<void> {
    const handle = await this.#appenders.get(file)
    this.#appenders.delete(file)
    await handle?.close()
  }

  #appender(file: string): Promise<FileHandle> {
    const known = this.#appenders.get(file)
    if (known !== undefined) return known
    const opened = this.#refuseIfLost()
      .then(() => mkdir(dirname(file), { recursive: true }))
      .then(() => openForAppending(file))
    this.#appenders.set(file, opened)
    opened.catch(() => this.#appenders.delete(file))
    return opened
  }
}

/** What workers that were killed left of their outputs. A file that cannot be removed must not keep a run from ending. */
async function removeUnfinishedOutputs(folder: string): Promise<void> {
  const entries = await readdir(outputsRoot(folder), { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries.filter((each) => each.isDirectory())) {
    await removeLeftovers(join(entry.parentPath, entry.name)).catch(() => {})
  }
}
