// Keeps the record of one conversion, on disk and for listeners. Writes every change of state before it reports it. A
// log line that cannot be written does not end the conversion: the step that needs the disk reports it.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type {
  ConversionEvent,
  ConversionRecord,
  ConversionStep,
  ConversionStepName,
  LogEntry,
} from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { recipeSteps } from '../../shared/planning/recipe.ts'
import type { BuildDetail } from '../backends/backend-driver.ts'
import type { ConversionFolders } from './conversion-folder.ts'

export class ConversionRecorder {
  readonly #folders: ConversionFolders
  readonly #tell: (event: ConversionEvent) => void
  #record: ConversionRecord
  #writes: Promise<void> = Promise.resolve()
  #logWrites: Promise<void> = Promise.resolve()

  constructor(folders: ConversionFolders, record: ConversionRecord, tell: (event: ConversionEvent) => void) {
    this.#folders = folders
    this.#record = record
    this.#tell = tell
  }

  get record(): ConversionRecord {
    return this.#record
  }

  async change(changes: Partial<ConversionRecord>): Promise<void> {
    this.#record = { ...this.#record, ...changes }
    const record = this.#record
    const written = this.#writes.then(() => this.#folders.write(record))
    this.#writes = written.catch(() => {})
    await written
    this.#tell({ kind: 'conversion-changed', record })
  }

  changeStep(name: ConversionStepName, changes: Partial<ConversionStep>): Promise<void> {
    const steps = this.#record.steps.map((step) => (step.name === name ? { ...step, ...changes } : step))
    return this.change({ steps })
  }

  warn(warning: string): Promise<void> {
    if (this.#record.warnings.includes(warning)) return Promise.resolve()
    return this.change({ warnings: [...this.#record.warnings, warning] })
  }

  progress(
    step: ConversionStepName,
    fraction: number | null,
    text: string,
    detail: BuildDetail | undefined,
    elapsedMs: number,
  ): void {
    const { conversionId } = this.#record
    const phases = [...(detail?.phases ?? [])]
    this.#tell({ kind: 'step-progressed', conversionId, step, fraction, text, phases, elapsedMs })
  }

  log(step: ConversionStepName, entries: readonly LogEntry[]): void {
    if (entries.length === 0) return
    const { conversionId } = this.#record
    this.#logWrites = this.#logWrites.then(() => this.#folders.appendLog(conversionId, step, entries)).catch(() => {})
    this.#tell({ kind: 'logged', conversionId, step, entries: [...entries] })
  }

  artifactMade(artifact: Artifact): void {
    this.#tell({ kind: 'artifact-made', conversionId: this.#record.conversionId, artifact })
  }

  /** Resolves when everything recorded is on disk. */
  async settled(): Promise<void> {
    await this.#logWrites
    await this.#writes
  }
}

/** The steps of a conversion that begins or resumes: existing results are found and not made again. */
export function waitingSteps(recipe: Recipe): ConversionStep[] {
  return recipeSteps(recipe).map((name) => ({
    name,
    state: 'waiting',
    artifactKey: null,
    elapsedMs: null,
    reason: null,
  }))
}
