// The report's section for one extra measurement: tables, and sentences for what a table cannot hold. Pages and
// Markdown render the same section. Cells are text without a unit; the column has it.
import type { BackendId } from '../domain/backend.ts'

export interface PassBar {
  /** Share of the section's longest bar, 0..1. */
  readonly share: number
  readonly backend: BackendId
}

export interface PassCell {
  readonly text: string
  readonly bar?: PassBar
}

export interface PassRow {
  readonly name: string
  readonly cells: readonly PassCell[]
}

export interface PassColumn {
  readonly title: string
  /** Empty if it has none. */
  readonly unit: string
  readonly holds: 'numbers' | 'words'
}

export interface PassTable {
  /** Empty if the section's title says it. */
  readonly caption: string
  /** Heading of the first column, which names the rows. */
  readonly head: string
  readonly columns: readonly PassColumn[]
  readonly rows: readonly PassRow[]
  /** Too long for plain-text formats; pages show it. */
  readonly isDetail?: true
}

export interface PassSection {
  /** `cold-start`. */
  readonly key: string
  readonly title: string
  /** How to read it, in a sentence or two. */
  readonly note: string
  readonly tables: readonly PassTable[]
  /** What was not measured and why, and other caveats. */
  readonly sentences: readonly string[]
}

export const nothingMeasured: PassCell = { text: '–' }

/** A number as text, or a dash. */
export function cellOf(value: number | null, format: (value: number) => string): PassCell {
  return value === null ? nothingMeasured : { text: format(value) }
}

/** A row for each case under the section's own title. */
export function caseTable(columns: readonly PassColumn[], rows: readonly PassRow[]): PassTable {
  return { caption: '', head: 'Case', columns, rows }
}

/** The table without columns that are empty in every row: the reasons are below it. */
export function withoutEmptyColumns(table: PassTable): PassTable {
  const isFilled = table.columns.map((_, index) =>
    table.rows.some(({ cells }) => cells[index]?.text !== nothingMeasured.text),
  )
  const kept = <T>(entries: readonly T[]) => entries.filter((_, index) => isFilled[index])
  return {
    ...table,
    columns: kept(table.columns),
    rows: table.rows.map((row) => ({ ...row, cells: kept(row.cells) })),
  }
}

export function numbers(title: string, unit = ''): PassColumn {
  return { title, unit, holds: 'numbers' }
}

export function words(title: string): PassColumn {
  return { title, unit: '', holds: 'words' }
}
