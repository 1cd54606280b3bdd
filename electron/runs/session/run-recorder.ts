// The record of one run, from its start with every case pending: writes run.json, samples and log, and emits the
// events. Events keep their order; a block is emitted only once it is on disk.
import { BenchError, type BenchErrorRecord, type Stage } from '../../../shared/domain/bench-error.ts'
import type { MachineSample } from '../../../shared/domain/machine-sample.ts'
import type { CaseRecord, GroupRecord, LaunchRecord, RunRecord, RunState } from '../../../shared/domain/run.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import type { BlockFlags, SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { PassResults } from '../../../shared/passes/index.ts'
import { parityFinding } from '../../../shared/statistics/verdict.ts'
import type { RunWriter } from '../../store/run-writing.ts'
import type { RunCase } from '../group/run-case.ts'

type CaseEnd = Pick<RunCase, 'caseKey' | 'state' | 'reason' | 'error'>

export interface RunRecorderOptions {
  readonly writer: RunWriter
  readonly record: RunRecord
  readonly onEvent: (event: RunEvent) => void
  readonly utc: () => string
}

/** Said to be completed, without a sample in the record. */
export function isUnmeasured({ state, sampleCount }: Pick<CaseRecord, 'state' | 'sampleCount'>): boolean {
  return state === 'completed' && sampleCount === 0
}

/** Slightly less than a second, so that five samples a second give one event each second. */
const sampleTellingMs = 900

export class RunRecorder {
  readonly #writer: RunWriter
  readonly #onEvent: (event: RunEvent) => void
  readonly #utc: () => string
  #record: RunRecord
  #sampleTellAtMs = 0

  constructor({ writer, record, onEvent, utc }: RunRecorderOptions) {
    this.#writer = writer
    this.#onEvent = onEvent
    this.#utc = utc
    this.#record = record
  }

  get record(): RunRecord {
    return this.#record
  }

  tell(event: RunEvent): void {
    this.#onEvent(event)
  }

  /** For listeners of a resumed run: the cases that ended in an earlier session. */
  tellEnded(groupKeys: ReadonlySet<string>): void {
    for (const { groupKey, baseline, cases } of this.#record.groups) {
      if (!groupKeys.has(groupKey)) continue
      const completed = cases.filter(({ state }) => state === 'completed')
      const judged = completed.map((entry) => [entry.caseKey, parityFinding(entry, baseline)] as const)
      this.tell({ kind: 'parity-judged', groupKey, parities: Object.fromEntries(judged), interim: {} })
      for (const { caseKey, state, reason } of cases) {
        this.tell({ kind: 'case-changed', groupKey, caseKey, state, reason })
      }
    }
  }

  stage(stage: Stage, groupKey: string | null, caseKey: string | null, fraction: number | null, message: string): void {
    this.tell({ kind: 'stage', stage, groupKey, caseKey, fraction, message })
  }

  log(source: string, line: string): void {
    this.#writer.appendLog(this.#utc(), source, line)
  }

  /** Changes the record in memory; `save` puts it on disk. */
  update(changes: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...changes }
  }

  updateGroup(group: GroupRecord): void {
    this.update({ groups: this.#record.groups.map((known) => (known.groupKey === group.groupKey ? group : known)) })
  }

  launchEnded(groupKey: string, launch: LaunchRecord): void {
    const group = this.groupOf(groupKey)
    this.updateGroup({ ...group, launches: [...(group.launches ?? []), launch] })
  }

  groupOf(groupKey: string): GroupRecord {
    const group = this.#record.groups.find((each) => each.groupKey === groupKey)
    if (group === undefined) throw new Error(`The record has no group ${groupKey}.`)
    return group
  }

  note(sentence: string): void {
    if (!this.#record.notes.includes(sentence)) this.update({ notes: [...this.#record.notes, sentence] })
  }

  save(): Promise<void> {
    return this.#writer.writeRecord(this.#record)
  }

  caseChanged(groupKey: string, runCase: CaseEnd): void {
    const { caseKey, state, reason, error } = runCase
    this.#updateCase(groupKey, caseKey, { state, reason, error })
    this.tell({ kind: 'case-changed', groupKey, caseKey, state, reason })
  }

  /** Resolves when the record that includes it is on disk. */
  async passMeasured(groupKey: string, caseKey: string, results: PassResults): Promise<void> {
    this.#updateCase(groupKey, caseKey, results)
    await this.save()
  }

  #updateCase(groupKey: string, caseKey: string, changes: Partial<CaseRecord>): void {
    const changed = (group: GroupRecord): GroupRecord => ({
      ...group,
      cases: group.cases.map((entry) => (entry.caseKey === caseKey ? { ...entry, ...changes } : entry)),
    })
    this.update({
      groups: this.#record.groups.map((group) => (group.groupKey === groupKey ? changed(group) : group)),
    })
  }

  /** Gives this end state to every case that has none, or whose samples did not get into the record. */
  endOpenCases(state: 'cancelled' | 'failed', reason: string, error: BenchErrorRecord | null): void {
    for (const { groupKey, cases } of this.#record.groups) {
      for (const { caseKey, state: current, sampleCount } of cases) {
        const isOpen = current === 'pending' || current === 'running'
        if (isOpen || isUnmeasured({ state: current, sampleCount }))
          this.caseChanged(groupKey, { caseKey, state, reason, error })
      }
    }
  }

  async blockMeasured(groupKey: string, caseKey: string, block: SampleBlock): Promise<void> {
    await this.#writer.appendBlock(groupKey, caseKey, block)
    this.tell({ kind: 'block', groupKey, caseKey, block })
  }

  /** Read back from disk with their flags: samples are not kept anywhere else. */
  blocksOf(groupKey: string, caseKey: string): Promise<readonly SampleBlock[]> {
    return this.#writer.readBlocks(groupKey, caseKey)
  }

  /** Removes the blocks of a launch that was cut short: it does not count. */
  async keepLaunches({ groupKey, launches = [], cases }: GroupRecord): Promise<void> {
    for (const { caseKey } of cases) await this.#writer.keepLaunches(groupKey, caseKey, launches.length)
  }

  /** A flag that cannot be written is lost; the run continues. */
  async blockFlagged(groupKey: string, caseKey: string, flags: BlockFlags): Promise<void> {
    await this.#writer.appendFlags(groupKey, caseKey, flags).catch(() => {})
  }

  /** Writes every sample, emits one a second. A sample that cannot be written is lost; the run continues. */
  machineSampled(sample: MachineSample): void {
    this.#writer.appendMachineSample(sample).catch(() => {})
    if (sample.atMs < this.#sampleTellAtMs) return
    this.#sampleTellAtMs = sample.atMs + sampleTellingMs
    this.tell({ kind: 'machine-sample', ...sample })
  }

  /**
   * Reports the end exactly once. If the disk is full, closing the writer frees its reserved space and the record is
   * written again; if that fails too, the record on disk stays as last saved.
   */
  async end(state: RunState, error: BenchErrorRecord | null): Promise<void> {
    this.update({ state, error, endedAt: this.#utc() })
    try {
      await this.save()
    } catch (failure) {
      if (!(failure instanceof BenchError)) throw failure
      this.update({ state: 'failed', error: this.#record.error ?? failure.record })
      await this.#writer.close()
      await this.save().catch(() => {})
    } finally {
      await this.#writer.close()
      const { runId, state: endState, error: endError } = this.#record
      this.tell({ kind: 'run-ended', runId, state: endState, message: endError?.message ?? null })
    }
  }
}
