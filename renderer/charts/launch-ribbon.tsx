// The launches of a group as one ribbon: finished ones in ink, the current one as far as it is, those that may follow in
// line colour. Ticks below mark the looks, after which launches may end.
import { sequentialDesign } from '../../shared/statistics/sequential.ts'

interface LaunchRibbonProps {
  /** At most. */
  readonly launches: number
  readonly done: number
  /** Share of the current launch that is done. */
  readonly share: number
  readonly width: number
}

export function LaunchRibbon({ launches, done, share, width }: LaunchRibbonProps) {
  const step = width / launches
  const looks = sequentialDesign.looks.filter((look) => look <= launches)
  const looked = looks.length === 0 ? '' : `; looks after ${looks.join(', ')}`
  return (
    <svg
      className="chart"
      width={width}
      height={30}
      role="img"
      aria-label={`${done} of at most ${launches} launches done${looked}`}
    >
      {Array.from({ length: launches }, (_, launch) => {
        const filled = launch < done ? 1 : launch === done ? share : 0
        const cell = Math.max(1, step - 3)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: launches are fixed in number and order
          <g key={launch}>
            <rect x={launch * step} y={3} width={cell} height={10} style={{ fill: 'var(--line)' }} />
            <rect x={launch * step} y={3} width={cell * filled} height={10} style={{ fill: 'var(--ink)' }} />
          </g>
        )
      })}
      {looks.map((look, index) => (
        <g key={look}>
          <line x1={look * step - 1.5} x2={look * step - 1.5} y1={14} y2={19} style={{ stroke: 'var(--ink-3)' }} />
          <text x={look * step - 1.5} y={29} textAnchor="end" className={done >= look ? undefined : 'faint'}>
            {index === 0 ? `look after ${look}` : look}
          </text>
        </g>
      ))}
    </svg>
  )
}
