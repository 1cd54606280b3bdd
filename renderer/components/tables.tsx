// Figures as text, as a list and as a table.
import type { Figure } from '../../shared/domain/figure.ts'

interface ChartColumn {
  readonly title: string
  readonly number?: boolean
  /** Makes the title a button. */
  readonly onSort?: () => void
  readonly sorted?: 'ascending' | 'descending' | undefined
}

interface ChartTableProps {
  readonly caption: string
  readonly columns: readonly ChartColumn[]
  readonly rows: readonly { readonly key: string; readonly cells: readonly React.ReactNode[] }[]
}

const sortMarks = { ascending: ' ↑', descending: ' ↓', none: '' } as const

/** A chart's figures as a table: `T` switches every chart to it. Numbers are right-aligned; nothing is abbreviated. */
export function ChartTable({ caption, columns, rows }: ChartTableProps) {
  const className = (index: number) => (columns[index]?.number ? 'number' : undefined)
  return (
    <table className="chart-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column.title} scope="col" className={className(index)} aria-sort={column.sorted}>
              {column.onSort ? (
                <button type="button" className="sort-by" onClick={column.onSort}>
                  {column.title}
                  <span aria-hidden="true">{sortMarks[column.sorted ?? 'none']}</span>
                </button>
              ) : (
                column.title
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            {row.cells.map((cell, index) => (
              <td key={columns[index]?.title} className={className(index)}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Names and values, one per line. */
export function FactList({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

interface FigureTextProps {
  readonly figure: Figure
  readonly format: (value: number) => string
}

/** A figure as text; a missing one is a dash with the reason as its tooltip. */
export function FigureText({ figure, format }: FigureTextProps) {
  if (figure.value !== null) return <>{format(figure.value)}</>
  return (
    <span className="faint" title={figure.reason}>
      –<span className="visually-hidden"> not measured: {figure.reason}</span>
    </span>
  )
}
