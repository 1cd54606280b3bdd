// A chart's figures as a table: what `T` turns every chart into. Numbers are right-aligned; nothing is abbreviated.
interface ChartColumn {
  readonly title: string
  readonly number?: boolean
}

interface ChartTableProps {
  readonly caption: string
  readonly columns: readonly ChartColumn[]
  readonly rows: readonly { readonly key: string; readonly cells: readonly React.ReactNode[] }[]
}

export function ChartTable({ caption, columns, rows }: ChartTableProps) {
  const className = (index: number) => (columns[index]?.number ? 'number' : undefined)
  return (
    <table className="chart-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column.title} scope="col" className={className(index)}>
              {column.title}
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
