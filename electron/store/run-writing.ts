// What electron/runs may know of the store: how a run is written as it goes. Times in ms from the run's start.
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { BlockFlags, SampleBlock } from '../../shared/domain/sample-block.ts'

export interface RunWriter {
  readonly folder: string
  /** Whole or not at all; calls are written in their order. */
  writeRecord(record: RunRecord): Promise<void>
  /** Resolves when the line is on the disk. */
  appendBlock(groupKey: string, caseKey: string, block: SampleBlock): Promise<void>
  /** What was appended, flags joined to it. */
  readBlocks(groupKey: string, caseKey: string): Promise<readonly SampleBlock[]>
  /** Flags that a later judgement gave to a block that is written already. */
  appendFlags(groupKey: string, caseKey: string, flags: BlockFlags): Promise<void>
  appendMachineSample(sample: MachineSample): Promise<void>
  /** Best effort, in order; never throws. `at` is ISO 8601. */
  appendLog(at: string, source: string, line: string): void
  /** Absolute; made by whoever writes into it. */
  outputsFolder(groupKey: string, caseKey: string): string
  /** Ends the writing and takes away the mark that a process is at work here. */
  close(): Promise<void>
}

/** `folder` must be new or empty: BenchError `folder-not-empty`. */
export type CreateRunWriter = (folder: string) => Promise<RunWriter>

/** A run that ended before it was done, held by this process until its writer is closed. */
export interface ReopenedRun {
  /** As it is on the disk. */
  readonly record: RunRecord
  readonly writer: RunWriter
  /** The latest moment of the sessions so far, in ms from the run's start. */
  readonly lastMs: number
  /** Samples, flags and outputs of a group, before it is measured again. */
  removeGroup(groupKey: string): Promise<void>
}

/** BenchError `bad-usage` where the run is completed, or is written by a living process. */
export type ReopenRun = (folder: string) => Promise<ReopenedRun>
