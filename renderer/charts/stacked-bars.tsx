// Stacked bars and the legend of their shades.
import type { Figure } from '../../shared/domain/figure.ts'
import type { CaseRecord } from '../../shared/domain/run.ts'
import { zeroScale } from '../../shared/report/charts/scale.ts'
import { numberText } from '../../shared/report/figure-text.ts'
import { backendColour } from '../components/backend-mark.tsx'
import { RowName, rowNameWidth, ValueGrid, Whisker } from './chart-frame.tsx'

/**
 * One bar per case, stacked from its parts in order, ms from zero. Parts are shades of the backend's colour; hollow
 * parts are not included in any latency. Thin lines under a bar are times by another clock: shown next to it, never
 * added.
 */
export interface BarPart {
  readonly name: string
  readonly lengthMs: number
  /** 0 is the darkest; parts of the same name have the same shade in every row. */
  readonly shade: number
  readonly hollow: boolean
  /** The same part by the device's own clock; null if it was not reported. */
  readonly deviceMs: number | null
}

export interface StackedRow {
  readonly record: CaseRecord
  readonly parts: readonly BarPart[]
  /** The whole, if it was measured as a whole: a mark with its interval. */
  readonly whole: Figure | null
}

interface StackedBarsProps {
  readonly rows: readonly StackedRow[]
  readonly width: number
  readonly selectedKey: string
  readonly label: string
  /** False if the chart next to it shows the names. */
  readonly named?: boolean
}

const rowHeight = 30
const barHeight = 13
const figureRoom = 92

export function StackedBars({ rows, width, selectedKey, label, named = true }: StackedBarsProps) {
  const left = named ? rowNameWidth : 1
  const length = width - left - figureRoom
  const scale = zeroScale(Math.max(0, ...rows.map(reachOf)), length, Math.max(2, Math.round(length / 150)))
  const height = rows.length * rowHeight
  return (
    <svg className="chart" width={width} height={height + 20} role="img" aria-label={label}>
      <ValueGrid scale={scale} left={left} height={height} />
      {rows.map((row, index) => (
        <g key={row.record.caseKey} transform={`translate(0 ${index * rowHeight})`}>
          {row.record.caseKey === selectedKey && <rect className="selected-row" width={width} height={rowHeight} />}
          {named && <RowName record={row.record} y={rowHeight / 2} />}
          <g transform={`translate(${left} 0)`}>
            <Parts row={row} position={scale.position} />
          </g>
        </g>
      ))}
    </svg>
  )
}

function Parts({ row, position }: { readonly row: StackedRow; readonly position: (ms: number) => number }) {
  const { record, parts, whole } = row
  const colour = backendColour(record.backend)
  const simulated = record.backend === 'simulated'
  const top = (rowHeight - barHeight) / 2 - 1
  let startMs = 0
  const drawn = parts.map((part) => {
    const from = startMs
    startMs += part.lengthMs
    return { part, left: position(from), length: position(part.lengthMs) }
  })
  const end = position(reachOf(row))
  const shown = whole?.value ?? (parts.length > 0 ? startMs : null)
  const middle = rowHeight / 2 - 1
  return (
    <>
      {drawn.map(({ part, left, length }) => (
        <g key={part.name}>
          <rect
            x={left + 0.5}
            y={top}
            width={Math.max(0.5, length - 1)}
            height={barHeight}
            style={{
              fill: part.hollow ? 'none' : colour,
              fillOpacity: simulated ? 0.12 : partShade(part.shade),
              stroke: part.hollow || simulated ? colour : 'none',
              strokeDasharray: simulated ? '3 2' : undefined,
            }}
          >
            <title>{`${part.name}: ${numberText(part.lengthMs)} ms`}</title>
          </rect>
          {length > 44 && (
            <text
              x={left + 6}
              y={middle + 4}
              className={part.hollow ? undefined : 'bold'}
              style={{ fill: part.hollow || simulated || partShade(part.shade) < 0.7 ? 'var(--ink)' : 'var(--ground)' }}
            >
              {numberText(part.lengthMs)}
            </text>
          )}
          {part.deviceMs !== null && (
            <path
              className="device-time"
              fill="none"
              d={`M${left + 0.5} ${top + barHeight + 4}H${left + Math.max(1, position(part.deviceMs))}m0 -2.5v5`}
            >
              <title>{`${part.name}, by the device's clock: ${numberText(part.deviceMs)} ms`}</title>
            </path>
          )}
        </g>
      ))}
      {whole?.value != null && whole.interval && (
        <Whisker low={position(whole.interval.low)} high={position(whole.interval.high)} y={middle} />
      )}
      <text x={end + 8} y={middle + 4.5} className={shown === null ? 'faint' : 'ink medium large halo'}>
        {shown === null ? '–' : numberText(shown)}
      </text>
    </>
  )
}

function reachOf({ parts, whole }: StackedRow): number {
  const sumMs = parts.reduce((sum, { lengthMs }) => sum + lengthMs, 0)
  const wholeMs = whole?.value == null ? 0 : (whole.interval?.high ?? whole.value)
  return Math.max(sumMs, wholeMs)
}

/** The legend of the shades under a chart, in neutral ink: one line, for data without room for its own labels. */
interface PartKeyItem {
  readonly name: string
  readonly shade: number
  readonly hollow: boolean
}

export function PartKey({
  items,
  children,
}: {
  readonly items: readonly PartKeyItem[]
  readonly children?: React.ReactNode
}) {
  return (
    <p className="part-key micro quiet">
      {items.map(({ name, shade, hollow }) => (
        <span key={name}>
          <i className={hollow ? 'hollow' : undefined} style={hollow ? undefined : { opacity: partShade(shade) }} />{' '}
          {name}
        </span>
      ))}
      {children}
    </p>
  )
}

// Shades of one colour for the parts of a stacked bar: neighbours can be told apart in both themes.

const shades = [1, 0.62, 0.38, 0.22, 0.8] as const

/** Opacity, 0..1. */
function partShade(index: number): number {
  return shades[index % shades.length] ?? 1
}
