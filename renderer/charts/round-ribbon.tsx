// Rounds of every launch as one ribbon: done in ink, to come in line colour, a gap where fresh workers start.
interface RoundRibbonProps {
  readonly launches: number
  readonly rounds: number
  readonly done: number
  readonly width: number
}

export function RoundRibbon({ launches, rounds, done, width }: RoundRibbonProps) {
  const gap = launches > 1 ? 14 : 0
  const step = (width - gap * (launches - 1)) / (launches * rounds)
  return (
    <svg
      className="chart"
      width={width}
      height={30}
      role="img"
      aria-label={`${done} of ${launches * rounds} rounds done`}
    >
      {Array.from({ length: launches }, (_, launch) => {
        const left = launch * (rounds * step + gap)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: launches are fixed in number and order
          <g key={launch}>
            {Array.from({ length: rounds }, (_, round) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: rounds are fixed in number and order
                key={round}
                x={left + round * step}
                y={3}
                width={Math.max(1, step - 1.6)}
                height={10}
                style={{ fill: launch * rounds + round < done ? 'var(--ink)' : 'var(--line)' }}
              />
            ))}
            {step * rounds > 90 && (
              <text x={left} y={27} className={done > launch * rounds ? undefined : 'faint'}>
                launch {launch + 1}, {rounds} rounds
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}
