// Tables of layers that can be sorted by each column and filtered by words: of one file, and of two aligned by ONNX
// node.
import { useMemo, useState } from 'react'
import type { InspectedFile } from '../../../shared/domain/inspection.ts'
import { type AlignedRow, alignedRows, type LayerRow, layerRows } from '../../../shared/report/engine-layers.ts'
import { numberText, percentText } from '../../../shared/report/figure-text.ts'
import { ChartTable } from '../../components/tables.tsx'

interface Column<Row> {
  readonly title: string
  readonly number?: boolean
  readonly cell: (row: Row) => React.ReactNode
  /** Null sorts last in both directions. */
  readonly value: (row: Row) => number | string | null
}

interface SortedTableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly wordsOf: (row: Row) => string
  readonly filter: string
}

/** In the given order until a column is chosen; choosing it again turns it around. */
function SortedTable<Row>({ caption, columns, rows, keyOf, wordsOf, filter }: SortedTableProps<Row>) {
  const [order, setOrder] = useState<{ readonly title: string; readonly descending: boolean } | null>(null)
  const wanted = filter.trim().toLowerCase()
  const shown = useMemo(() => {
    const kept = rows.filter((row) => wanted === '' || wordsOf(row).toLowerCase().includes(wanted))
    const column = columns.find(({ title }) => title === order?.title)
    if (column === undefined || order === null) return kept
    return [...kept].sort((left, right) => compared(column.value(left), column.value(right), order.descending))
  }, [rows, columns, order, wanted, wordsOf])
  return (
    <>
      <p className="micro faint" role="status">
        {shown.length === rows.length ? `${rows.length} rows` : `${shown.length} of ${rows.length} rows`}
      </p>
      <div className="layers-table">
        <ChartTable
          caption={caption}
          columns={columns.map(({ title, number = false }) => ({
            title,
            number,
            sorted: order?.title !== title ? undefined : order.descending ? 'descending' : 'ascending',
            // Figures are read from the largest.
            onSort: () => setOrder({ title, descending: order?.title === title ? !order.descending : number }),
          }))}
          rows={shown.map((row) => ({ key: keyOf(row), cells: columns.map(({ cell }) => cell(row)) }))}
        />
      </div>
    </>
  )
}

function compared(left: number | string | null, right: number | string | null, descending: boolean): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  const rising =
    typeof left === 'number' && typeof right === 'number' ? left - right : `${left}`.localeCompare(`${right}`)
  return descending ? -rising : rising
}

const layerColumns: readonly Column<LayerRow>[] = [
  { title: '#', number: true, cell: ({ index }) => index, value: ({ index }) => index },
  { title: 'Layer', cell: ({ layer }) => <Name name={layer.name} detail={detailOf(layer)} />, value: nameOf },
  { title: 'Kind', cell: ({ layer }) => layer.kind || '–', value: ({ layer }) => layer.kind },
  { title: 'Type', cell: ({ layer }) => <Type {...layer} />, value: ({ layer }) => layer.type },
  {
    title: 'ONNX nodes',
    cell: ({ layer }) => <Nodes nodes={layer.onnxNodes} />,
    value: ({ layer }) => layer.onnxNodes[0] ?? null,
  },
  {
    title: 'GFLOP',
    number: true,
    cell: ({ layer }) => (layer.operations === null ? '–' : numberText(layer.operations / 1e9)),
    value: ({ layer }) => layer.operations,
  },
  { title: 'ms', number: true, cell: ({ timeMs }) => figure(timeMs), value: ({ timeMs }) => timeMs },
  {
    title: 'Share',
    number: true,
    cell: ({ share }) => (share === null ? '–' : percentText(share)),
    value: ({ share }) => share,
  },
]
const measuredColumns: ReadonlySet<string> = new Set(['ms', 'Share'])

export function LayerTable({ file, filter }: { readonly file: InspectedFile; readonly filter: string }) {
  const rows = useMemo(() => layerRows(file), [file])
  const hasWork = rows.some(({ layer }) => layer.operations !== null)
  const columns = layerColumns.filter(
    ({ title }) => (file.times !== null || !measuredColumns.has(title)) && (hasWork || title !== 'GFLOP'),
  )
  return (
    <SortedTable
      caption={`Layers of ${file.name}`}
      columns={columns}
      rows={rows}
      keyOf={({ index }) => String(index)}
      wordsOf={wordsOfLayer}
      filter={filter}
    />
  )
}

const alignedColumns: readonly Column<AlignedRow>[] = [
  { title: 'ONNX nodes', cell: (row) => <RowName row={row} />, value: (row) => rowName(row) },
  { title: 'This', cell: ({ first }) => sideText(first), value: ({ first }) => sideText(first) },
  { title: 'Other', cell: ({ second }) => sideText(second), value: ({ second }) => sideText(second) },
  { title: 'This, ms', number: true, cell: ({ firstMs }) => figure(firstMs), value: ({ firstMs }) => firstMs },
  { title: 'Other, ms', number: true, cell: ({ secondMs }) => figure(secondMs), value: ({ secondMs }) => secondMs },
  {
    title: 'Other is',
    number: true,
    cell: ({ speedup }) => (speedup === null ? '–' : `${numberText(speedup)} ×`),
    value: ({ speedup }) => speedup,
  },
]

interface AlignedTableProps {
  readonly first: InspectedFile
  readonly second: InspectedFile
  readonly filter: string
}

export function AlignedTable({ first, second, filter }: AlignedTableProps) {
  const rows = useMemo(() => alignedRows(first, second), [first, second])
  return (
    <SortedTable
      caption={`Layers of ${first.name} and ${second.name}`}
      columns={alignedColumns}
      rows={rows}
      keyOf={(row) => `${row.kind} ${row.nodes[0] ?? ''} ${row.first[0]?.index ?? ''} ${row.second[0]?.index ?? ''}`}
      wordsOf={(row) => [rowName(row), ...[...row.first, ...row.second].map(wordsOfLayer)].join(' ')}
      filter={filter}
    />
  )
}

function nameOf({ layer }: LayerRow): string {
  return layer.name
}

function wordsOfLayer({ layer: { name, kind, type, onnxNodes, tactic } }: LayerRow): string {
  return [name, kind, type, tactic, ...onnxNodes].join(' ')
}

function detailOf({ name, tactic, inputs, outputs }: LayerRow['layer']): string {
  return [
    name,
    ...inputs.map((each) => `in: ${each}`),
    ...outputs.map((each) => `out: ${each}`),
    ...(tactic === null ? [] : [`kernel: ${tactic}`]),
  ].join('\n')
}

function Name({ name, detail }: { readonly name: string; readonly detail: string }) {
  return (
    <span className="layer-name" title={detail}>
      {name}
    </span>
  )
}

function Type({ type, evidence }: LayerRow['layer']) {
  if (type === null) return <span className="faint">not told</span>
  return <span title={evidence === null ? undefined : `told by ${evidence}`}>{type}</span>
}

function Nodes({ nodes }: { readonly nodes: readonly string[] }) {
  const [first, ...others] = nodes
  if (first === undefined) return <>–</>
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return <Name name={`${first}${more}`} detail={nodes.join('\n')} />
}

function RowName({ row }: { readonly row: AlignedRow }) {
  return row.kind === 'layers' ? <Nodes nodes={row.nodes} /> : rowName(row)
}

function rowName({ kind, nodes, first, second }: AlignedRow): string {
  if (kind === 'reformats') return 'reformats'
  return nodes[0] ?? `${(first[0] ?? second[0])?.layer.name ?? ''} (no node)`
}

function sideText(rows: AlignedRow['first']): string {
  const [first] = rows
  if (first === undefined) return '–'
  const types = [...new Set(rows.map(({ layer }) => layer.type ?? 'not told'))].join(', ')
  return rows.length === 1 ? `${first.layer.kind || 'layer'}, ${types}` : `${rows.length} layers, ${types}`
}

function figure(ms: number | null): string {
  return ms === null ? '–' : numberText(ms)
}
