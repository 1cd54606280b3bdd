// A report format: a name, a file, and a pure function from a run to text.
import type { RunRecord } from '../../domain/run.ts'

export interface ReportInput {
  readonly record: RunRecord
  /** Absolute folder of the run, which contains its samples. */
  readonly runFolder: string
}

export interface ReportFormatDefinition {
  readonly fileName: string
  render(input: ReportInput): string
}
