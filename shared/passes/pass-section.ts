// What a report says of one extra measurement: tables, and sentences for what a table cannot hold. Pages and Markdown
// draw the same. Cells are text without a unit; the column has it.
import type { BackendId } from '../domain/backend.ts'

export interface PassBar {
  /** Of the longest bar of the section, 0..1. */
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
  /** Empty where it has none. */
  readonly unit: string
  readonly holds: 'numbers' | 'words'
}

export interface PassTable {
  /** Empty where the section's title says it. */
  readonly caption: string
  /** Of the first column, which names the rows. */
  readonly head: string
  readonly columns: readonly PassColumn[]
  readonly rows: readonly PassRow[]
  /** Too long for a text that is read as a whole; pages show it. */
  readonly isDetail?: true
}

export interface PassSection {
  /** `cold-start`. */
  readonly key: string
  readonly title: string
  /** How to read it, in a sentence or two. */
  readonly note: string
  readonly tables: readonly PassTable[]
  /** What was not measured and why, and what else must be known. */
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

/** The table without the columns in which no row has anything: the reasons are below it. */
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
