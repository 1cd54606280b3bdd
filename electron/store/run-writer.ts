// The only writer of a run folder. A block is on disk before `appendBlock` resolves; the record is the old one or the
// new one, never a part. Does not decide what is recorded: electron/runs/session/run-recorder.ts does. Throws
// BenchError `folder-not-empty`, `disk-full`, `not-writable`.
import { type FileHandle, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { BlockFlags, SampleBlock } from '../../shared/domain/sample-block.ts'
import { errorCode, jsonText, makeFolder, writeAtomically, writing } from './atomic-file.ts'
import { unfinishedName } from './leftovers.ts'
import { removedDeadLock, taken, thisProcess } from './process-lock.ts'
import {
  flagsFile,
  logFile,
  machineFile,
  outputsFolder,
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
  await writeAtomically(runningFile(folder), await ownMark())
  return new RunFolderWriter(folder)
}

/** For a folder that already holds a run. Null if a live process writes it. */
export async function reopenRunWriter(folder: string): Promise<RunWriter | null> {
  const unfinished = unfinishedName(runningFile(folder))
  return writing(runningFile(folder), async () => {
    try {
      await writeFile(unfinished, await ownMark(), { flag: 'wx' })
      while (!(await taken(unfinished, runningFile(folder)))) {
        if (!(await removedDeadLock(runningFile(folder)))) return null
      }
      return new RunFolderWriter(folder)
    } finally {
      await rm(unfinished, { force: true })
    }
  })
}

async function ownMark(): Promise<string> {
  return jsonText(await thisProcess()) + ' '.repeat(keptRoomBytes)
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
  readonly #appenders = new Map<string, Promise<FileHandle>>()
  #closed = false
  #logTail: Promise<void> = Promise.resolve()
  #recordTail: Promise<void> = Promise.resolve()

  constructor(folder: string) {
    this.folder = folder
  }

  writeRecord(record: RunRecord): Promise<void> {
    const written = this.#recordTail.then(() => writeAtomically(recordFile(this.folder), jsonText(record)))
    this.#recordTail = written.catch(() => {})
    return written
  }

  appendBlock(groupKey: string, caseKey: string, block: SampleBlock): Promise<void> {
    return this.#append(samplesFile(this.folder, groupKey, caseKey), block, true)
  }

  async readBlocks(groupKey: string, caseKey: string): Promise<readonly SampleBlock[]> {
    return (await readSampleLines(this.folder, groupKey, caseKey)).blocks
  }

  appendFlags(groupKey: string, caseKey: string, flags: BlockFlags): Promise<void> {
    return this.#append(flagsFile(this.folder, groupKey, caseKey), flags, false)
  }

  async keepLaunches(groupKey: string, caseKey: string, launches: number): Promise<void> {
    const { blocks } = await readSampleLines(this.folder, groupKey, caseKey)
    const kept = blocks.filter(({ launch }) => launch < launches)
    if (kept.length === blocks.length) return
    // The blocks that were read have their flags.
    const samples = samplesFile(this.folder, groupKey, caseKey)
    const flags = flagsFile(this.folder, groupKey, caseKey)
    for (const file of [samples, flags]) await this.#endAppending(file)
    await writeAtomically(samples, kept.map((block) => `${JSON.stringify(block)}\n`).join(''))
    await writing(flags, () => rm(flags, { force: true }))
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
    await rm(runningFile(this.folder), { force: true })
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
    const opened = mkdir(dirname(file), { recursive: true }).then(() => open(file, 'a'))
    this.#appenders.set(file, opened)
    opened.catch(() => this.#appenders.delete(file))
    return opened
  }
}
