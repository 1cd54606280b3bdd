// Speedup over the baseline, one bar per row, with its interval. A refused speedup is a dashed outline with its reason;
// what was not measured has no bar.
import { Bar, BarChart, ReferenceLine, XAxis, YAxis } from 'recharts'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { Speedup } from '../../shared/domain/run.ts'
import { tickText, zeroScale } from '../../shared/report/charts/scale.ts'
import { timesText } from '../../shared/report/figure-text.ts'
import { besideBar, verdictWords } from '../../shared/report/verdict-words.ts'
import { backendColour } from '../components/backend-mark.tsx'

export interface SpeedupRow {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly speedup: Speedup
  /** Text shown in place of a speedup: `baseline`, `failed`, … */
  readonly standing: 'baseline' | 'claimed' | 'absent'
}

interface SpeedupBarsProps {
  readonly rows: readonly SpeedupRow[]
  readonly width: number
  readonly rowHeight: number
}

const axisHeight = 20

export function SpeedupBars({ rows, width, rowHeight }: SpeedupBarsProps) {
  // At least twice the baseline, so that there is room for the text next to its bar.
  const largest = Math.max(1.9, ...rows.map(({ speedup }) => speedup.interval?.high ?? speedup.value ?? 0))
  const scale = zeroScale(largest * 1.02, width, 6)
  const data = rows.map((row) => ({ row, drawn: row.speedup.value ?? (row.standing === 'baseline' ? 1 : 0.0001) }))
  return (
    <BarChart
      layout="vertical"
      data={data}
      width={width}
      height={rows.length * rowHeight + axisHeight}
      margin={{ top: 0, right: 0, bottom: 0, left: 0 }}
      barCategoryGap={0}
      accessibilityLayer={false}
    >
      <XAxis
        type="number"
        domain={[0, scale.max]}
        ticks={[...scale.ticks]}
        height={axisHeight}
        axisLine={false}
        tickLine={false}
        interval={0}
        tick={({ x, payload }) => (
          <text x={x} y={rows.length * rowHeight + 14} className="faint" textAnchor="middle">
            {tickText(Number(payload.value))}
          </text>
        )}
      />
      <YAxis type="category" dataKey="row.caseKey" hide />
      {scale.ticks.map((tick) => (
        <ReferenceLine key={tick} x={tick} zIndex={-2} shape={verticalLine(tick === 0)} />
      ))}
      <ReferenceLine x={1} zIndex={-1} shape={verticalLine(false, true)} />
      <Bar
        dataKey="drawn"
        isAnimationActive={false}
        shape={(shape: { x?: number; y?: number; height?: number; payload?: { row: SpeedupRow } }) =>
          shape.payload ? (
            <SpeedupMark
              row={shape.payload.row}
              y={(shape.y ?? 0) + (shape.height ?? rowHeight) / 2}
              width={width}
              position={scale.position}
            />
          ) : (
            <g />
          )
        }
      />
    </BarChart>
  )
}

function verticalLine(isAxis: boolean, dashed = false) {
  return ({ x1, y1, y2 }: { x1?: number | string; y1?: number | string; y2?: number | string }) => (
    <line
      x1={x1}
      x2={x1}
      y1={y1}
      y2={y2}
      className={isAxis ? 'axis' : 'grid'}
      style={dashed ? { stroke: 'var(--ink-3)', strokeDasharray: '2 3' } : undefined}
    />
  )
}

interface SpeedupMarkProps {
  readonly row: SpeedupRow
  readonly y: number
  readonly width: number
  readonly position: (value: number) => number
}

function SpeedupMark({ row, y, width, position }: SpeedupMarkProps) {
  const { speedup } = row
  const value = speedup.value ?? (row.standing === 'baseline' ? 1 : null)
  if (value === null || speedup.verdict === 'refused')
    return <Refused row={row} y={y} position={position} width={width} />
  const colour = backendColour(row.backend)
  const end = position(value)
  const high = position(speedup.interval?.high ?? value)
  const low = position(speedup.interval?.low ?? value)
  const pale = row.precision === 'fp32' || row.backend === 'simulated'
  const inside = end > width * 0.72
  const label = row.standing === 'baseline' ? '1 ×' : timesText(value)
  const labelX = inside ? 8 : Math.max(end, high) + 8
  const words = row.standing === 'claimed' ? besideBar(speedup) : null
  return (
    <g>
      <rect
        x={0}
        y={y - 7.5}
        width={end}
        height={15}
        style={{
          fill: colour,
          fillOpacity: row.backend === 'simulated' ? 0.12 : pale ? 0.42 : words ? 0.55 : 1,
          stroke: pale ? colour : 'none',
          strokeDasharray: row.backend === 'simulated' ? '3 2' : undefined,
        }}
      />
      {speedup.interval && row.standing === 'claimed' && (
        <path
          className="interval"
          fill="none"
          d={`M${low} ${y}H${high}M${low} ${y - 3.5}V${y + 3.5}M${high} ${y - 3.5}V${y + 3.5}`}
        />
      )}
      {words ? (
        <>
          <text x={labelX} y={y - 1} className="ink halo">
            {words.head}
          </text>
          <text x={labelX} y={y + 12} className="faint halo">
            {fitted(words.note, width - labelX)}
            <title>{speedup.reason}</title>
          </text>
        </>
      ) : (
        <text
          x={labelX}
          y={y + 4.5}
          className={inside && !pale ? 'bold large' : 'ink medium large halo'}
          style={inside && !pale ? { fill: 'var(--ground)' } : undefined}
        >
          {label}
          {row.standing === 'baseline' && <tspan className="baseline-word"> baseline</tspan>}
        </text>
      )}
    </g>
  )
}

function Refused({ row, y, position, width }: SpeedupMarkProps) {
  const refused = row.standing !== 'absent'
  const start = Math.min(position(1), width * 0.2)
  return (
    <g>
      <rect
        x={0.5}
        y={y - 7.5}
        width={start}
        height={15}
        fill="none"
        stroke="var(--line-strong)"
        strokeDasharray="2 2"
      />
      <text x={start + 10} y={y - 1} className={refused ? 'fail medium halo' : 'halo'}>
        {refused ? `✕ ${verdictWords(row.speedup)}` : 'no speedup'}
      </text>
      <text x={start + 10} y={y + 12} className="halo">
        {fitted(row.speedup.reason, width - start - 10)}
        <title>{row.speedup.reason}</title>
      </text>
    </g>
  )
}

function fitted(text: string, width: number): string {
  const most = Math.max(8, Math.floor(width / 5.4))
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
