// One figure against its limit on a logarithmic line: a tick where the limit is, a dot where the figure is.
interface ToleranceGaugeProps {
  /** Distance from perfect: 1 − cosine, an absolute error, a share that disagrees. Zero is perfect. */
  readonly distance: number
  /** The distance that is still allowed; null where nothing judges. */
  readonly limit: number | null
  readonly colour: string
  /** Perfect at the left; otherwise at the right. */
  readonly perfectLeft: boolean
}

const width = 96
const inset = 4
/** Distances from one millionth to ten; what is outside stands at the end. */
const decades = [-6, 1] as const

export function ToleranceGauge({ distance, limit, colour, perfectLeft }: ToleranceGaugeProps) {
  const position = (value: number) => {
    const decade = value > 0 ? Math.log10(value) : Number.NEGATIVE_INFINITY
    const share = Math.min(1, Math.max(0, (decade - decades[0]) / (decades[1] - decades[0])))
    return inset + (perfectLeft ? share : 1 - share) * (width - 2 * inset)
  }
  return (
    <svg className="chart" width={width} height={16} aria-hidden="true">
      <line className="axis" x1={0} x2={width} y1={8} y2={8} />
      {limit !== null && <line className="interval" x1={position(limit)} x2={position(limit)} y1={2} y2={14} />}
      <circle cx={position(distance)} cy={8} r={3.5} style={{ fill: colour }} />
    </svg>
  )
}
