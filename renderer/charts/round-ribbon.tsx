// Rounds of every launch as one ribbon: finished ones in ink, remaining ones in line colour, a gap where fresh workers
// start. Rounds beyond the preset's, which a width rule may add, are counted at its end: their number is not known in
// advance.
interface RoundRibbonProps {
  readonly launches: number
  readonly rounds: number
  readonly done: number
  readonly width: number
}

const addedRoom = 90

export function RoundRibbon({ launches, rounds, done, width }: RoundRibbonProps) {
  const gap = launches > 1 ? 14 : 0
  const added = Math.max(0, done - launches * rounds)
  const room = added > 0 ? width - addedRoom : width
  const step = (room - gap * (launches - 1)) / (launches * rounds)
  return (
    <svg
      className="chart"
      width={width}
      height={30}
      role="img"
      aria-label={
        added > 0 ? `all ${launches * rounds} rounds and ${added} added` : `${done} of ${launches * rounds} rounds done`
      }
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
      {added > 0 && (
        <text x={width - addedRoom + 12} y={12}>
          + {added} added
        </text>
      )}
    </svg>
  )
}
