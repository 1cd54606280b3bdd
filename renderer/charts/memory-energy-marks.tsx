// Memory and energy of each row as marks; each measure has its own axis from zero.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Figure } from '../../shared/domain/figure.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { zeroScale } from '../../shared/report/charts/scale.ts'
import { mebibytesText, numberText } from '../../shared/report/figure-text.ts'
import { backendColour, MarkShape } from '../components/backend-mark.tsx'
import { ValueGrid } from './chart-frame.tsx'

interface MemoryRow {
  readonly caseKey: string
  readonly backend: BackendId
  readonly engineBytes: Figure
  readonly allocatorBytes: Figure
  readonly processBytes: Figure
}

interface MemoryMarksProps {
  readonly rows: readonly MemoryRow[]
  readonly width: number
  readonly rowHeight: number
}

const mebibyte = 1024 * 1024
const memoryLabelWidth = 34

/**
 * Memory of each row on one axis from zero, MiB: engine ◇, allocator ○, process │, each with its number. Unknown values
 * are not drawn; a row without any known value has a dash.
 */
export function MemoryMarks({ rows, width, rowHeight }: MemoryMarksProps) {
  const height = rows.length * rowHeight
  const largest = Math.max(
    0,
    ...rows.flatMap((row) => [row.engineBytes, row.allocatorBytes, row.processBytes].map(({ value }) => value ?? 0)),
  )
  const scale = zeroScale(largest / mebibyte, width - memoryLabelWidth, 3)
  const at = (bytes: number) => scale.position(bytes / mebibyte)
  return (
    <svg className="chart" width={width} height={height + 20} aria-hidden="true">
      <ValueGrid scale={scale} left={0} height={height} />
      {rows.map((row, index) => (
        <MemoryMark key={row.caseKey} row={row} y={index * rowHeight + rowHeight / 2} at={at} />
      ))}
    </svg>
  )
}

interface MemoryMarkProps {
  readonly row: MemoryRow
  readonly y: number
  readonly at: (bytes: number) => number
}

function MemoryMark({ row, y, at }: MemoryMarkProps) {
  const engine = row.engineBytes.value
  const allocator = row.allocatorBytes.value
  const whole = row.processBytes.value
  const colour = backendColour(row.backend)
  const known = [engine, allocator, whole].filter((value) => value !== null)
  const start = Math.min(...known)
  const end = Math.max(...known)
  return (
    <g>
      {known.length === 0 && (
        <text x={2} y={y + 4} className="faint">
          –
        </text>
      )}
      {known.length > 1 && <line x1={at(start)} x2={at(end)} y1={y} y2={y} className="axis" />}
      {engine !== null && (
        <path
          d={`M${at(engine)} ${y - 5}l5 5l-5 5l-5-5z`}
          style={{ fill: 'var(--ground)', stroke: colour, strokeWidth: 1.5 }}
        />
      )}
      {allocator !== null && (
        <circle cx={at(allocator)} cy={y} r={4} style={{ fill: 'var(--ground)', stroke: colour, strokeWidth: 1.5 }} />
      )}
      {whole !== null && (
        <line x1={at(whole)} x2={at(whole)} y1={y - 6} y2={y + 6} style={{ stroke: colour, strokeWidth: 2.5 }} />
      )}
      {labelsOf(known, at).map(({ bytes, x, above, anchor }) => (
        <text
          key={bytes}
          x={x}
          y={above ? y - 9 : y + 3.5}
          textAnchor={anchor}
          className={bytes === end ? 'ink halo' : 'halo'}
        >
          {mebibytesText(bytes)}
        </text>
      ))}
    </g>
  )
}

interface NumberLabel {
  readonly bytes: number
  readonly x: number
  readonly above: boolean
  readonly anchor: 'start' | 'middle' | 'end'
}

const clearOfMark = 8
const numberWidth = 30

/** The largest has its label at its right, the smallest at its left if there is room, any other above its mark. */
function labelsOf(known: readonly number[], at: (bytes: number) => number): readonly NumberLabel[] {
  const sorted = [...new Set(known)].sort((a, b) => a - b)
  return sorted.map((bytes, index): NumberLabel => {
    const x = at(bytes)
    if (index === sorted.length - 1) return { bytes, x: x + clearOfMark, above: false, anchor: 'start' }
    if (index === 0 && x > numberWidth + clearOfMark) return { bytes, x: x - clearOfMark, above: false, anchor: 'end' }
    return { bytes, x, above: true, anchor: 'middle' }
  })
}

interface EnergyRow {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly joules: Figure
}

interface EnergyMarksProps {
  readonly rows: readonly EnergyRow[]
  readonly width: number
  readonly rowHeight: number
}

const energyLabelWidth = 36

/**
 * Energy of each row on one axis from zero, joules per image, gross. A missing value is a dash with its reason; if all
 * are missing, there is no axis.
 */
export function EnergyMarks({ rows, width, rowHeight }: EnergyMarksProps) {
  const height = rows.length * rowHeight
  const known = rows.flatMap(({ joules }) => (joules.value === null ? [] : [joules.interval?.high ?? joules.value]))
  const scale = known.length > 0 ? zeroScale(Math.max(...known), width - energyLabelWidth, 2) : null
  return (
    <svg className="chart" width={width} height={height + 20} aria-hidden="true">
      {scale && <ValueGrid scale={scale} left={0} height={height} />}
      {rows.map(({ caseKey, backend, precision, joules }, index) => {
        const y = index * rowHeight + rowHeight / 2
        if (joules.value === null || scale === null) {
          return (
            <text key={caseKey} x={2} y={y + 4} className="faint">
              –
            </text>
          )
        }
        const x = scale.position(joules.value)
        return (
          <g key={caseKey}>
            {joules.interval && (
              <path
                className="interval"
                fill="none"
                d={`M${scale.position(joules.interval.low)} ${y}H${scale.position(joules.interval.high)}`}
              />
            )}
            <MarkShape backend={backend} precision={precision} x={x} y={y} radius={3.5} />
            <text x={x + 8} y={y + 4} className="ink halo">
              {numberText(joules.value)}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
