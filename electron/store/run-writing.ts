// What electron/runs uses of the store: writing a run as it progresses. Times in ms from the run's start.
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { BlockFlags, SampleBlock } from '../../shared/domain/sample-block.ts'

export interface RunWriter {
  readonly folder: string
  /** Whole or not at all; calls are written in order. */
  writeRecord(record: RunRecord): Promise<void>
  /** Resolves when the line is on disk. */
  appendBlock(groupKey: string, caseKey: string, block: SampleBlock): Promise<void>
  /** The appended blocks, with flags joined. */
  readBlocks(groupKey: string, caseKey: string): Promise<readonly SampleBlock[]>
  /** Flags given later to a block that is already written. */
  appendFlags(groupKey: string, caseKey: string, flags: BlockFlags): Promise<void>
  /** Removes the blocks of later launches, with their flags, of a case: launches that were cut short. */
  keepLaunches(groupKey: string, caseKey: string, launches: number): Promise<void>
  appendMachineSample(sample: MachineSample): Promise<void>
  /** Best effort, in order; never throws. `at` is ISO 8601. */
  appendLog(at: string, source: string, line: string): void
  /** Absolute; created by whoever writes into it. */
  outputsFolder(groupKey: string, caseKey: string): string
  /** Ends writing and removes the mark that a process is at work here. */
  close(): Promise<void>
}

/** `folder` must be new or empty: BenchError `folder-not-empty`. */
export type CreateRunWriter = (folder: string) => Promise<RunWriter>

/** A run that ended, held by this process until its writer is closed. */
export interface ReopenedRun {
  /** The record on disk. */
  readonly record: RunRecord
  readonly writer: RunWriter
  /** The latest time of the sessions so far, in ms from the run's start. */
  readonly lastMs: number
  /** Removes samples, flags and outputs of a group before it is measured again. */
  removeGroup(groupKey: string): Promise<void>
}

/**
 * BenchError `bad-usage` if a live process is writing it, or its state does not fit the purpose: only a run that ended
 * early is resumed, only a completed one continued.
 */
export type ReopenRun = (folder: string, purpose: ReopenPurpose) => Promise<ReopenedRun>

export type ReopenPurpose = 'resume' | 'continue'
