// Time by operator type, ms from zero: two bars per type, one for each engine. A type that an engine does not have has
// a dash.
import type { BackendId } from '../../shared/domain/backend.ts'
import { zeroScale } from '../../shared/report/charts/scale.ts'
import { numberText } from '../../shared/report/figure-text.ts'
import { backendColour } from '../components/backend-mark.tsx'
import { rowNameWidth, ValueGrid } from './chart-frame.tsx'

interface BarEngine {
  readonly name: string
  readonly backend: BackendId
}

interface OperatorBarsProps {
  readonly first: BarEngine
  readonly second: BarEngine | null
  readonly rows: readonly {
    readonly operator: string
    readonly firstMs: number | null
    readonly secondMs: number | null
  }[]
  readonly width: number
}

const rowHeight = 31
const barHeight = 9
const figureRoom = 60

export function OperatorBars({ first, second, rows, width }: OperatorBarsProps) {
  const largest = Math.max(0, ...rows.flatMap(({ firstMs, secondMs }) => [firstMs ?? 0, secondMs ?? 0]))
  const scale = zeroScale(largest, width - rowNameWidth - figureRoom, 5)
  const height = rows.length * rowHeight
  // Two engines of one backend share a colour; the second is paler.
  const alike = second?.backend === first.backend
  return (
    <svg
      className="chart"
      width={width}
      height={height + 20}
      role="img"
      aria-label={`Time by operator of ${first.name}${second ? ` and ${second.name}` : ''}; figures are in the table`}
    >
      <ValueGrid scale={scale} left={rowNameWidth} height={height} />
      {rows.map(({ operator, firstMs, secondMs }, index) => (
        <g key={operator} transform={`translate(0 ${index * rowHeight})`}>
          <text x={0} y={rowHeight / 2 + 4} className="ink">
            {operator.length > 32 ? `${operator.slice(0, 31)}…` : operator}
            <title>{operator}</title>
          </text>
          <g transform={`translate(${rowNameWidth} 4)`}>
            <OperatorBar ms={firstMs} backend={first.backend} opacity={1} position={scale.position} />
          </g>
          {second && (
            <g transform={`translate(${rowNameWidth} ${7 + barHeight})`}>
              <OperatorBar ms={secondMs} backend={second.backend} opacity={alike ? 0.5 : 1} position={scale.position} />
            </g>
          )}
        </g>
      ))}
    </svg>
  )
}

interface OperatorBarProps {
  readonly ms: number | null
  readonly backend: BackendId
  readonly opacity: number
  readonly position: (ms: number) => number
}

function OperatorBar({ ms, backend, opacity, position }: OperatorBarProps) {
  if (ms === null) {
    return (
      <text x={6} y={barHeight - 0.5} className="faint">
        –
      </text>
    )
  }
  const simulated = backend === 'simulated'
  const colour = backendColour(backend)
  return (
    <>
      <rect
        width={Math.max(1, position(ms))}
        height={barHeight}
        style={{
          fill: colour,
          fillOpacity: simulated ? 0.12 : opacity,
          stroke: simulated ? colour : 'none',
          strokeDasharray: simulated ? '3 2' : undefined,
        }}
      />
      <text x={position(ms) + 6} y={barHeight - 0.5} className="halo">
        {numberText(ms)}
      </text>
    </>
  )
}
