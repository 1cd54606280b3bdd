// The shape of one case's samples along an axis: counts by pixel, lightly smoothed, the tallest at 1.
// Counts only what lies on the axis; the caller says how many lie beyond it.
export interface Density {
  readonly heights: Float64Array
  readonly beyond: number
}

const kernel = [0.06, 0.24, 0.4, 0.24, 0.06]

export function densityOf(latenciesMs: Iterable<number>, axisMaxMs: number, columns: number): Density {
  const counts = new Float64Array(columns)
  let beyond = 0
  for (const latencyMs of latenciesMs) {
    const column = Math.floor((latencyMs / axisMaxMs) * columns)
    if (column >= columns) beyond += 1
    else counts[column] = (counts[column] ?? 0) + 1
  }
  const heights = new Float64Array(columns)
  let tallest = 0
  for (let column = 0; column < columns; column += 1) {
    let height = 0
    kernel.forEach((weight, offset) => {
      height += weight * (counts[column + offset - 2] ?? 0)
    })
    heights[column] = height
    tallest = Math.max(tallest, height)
  }
  if (tallest > 0)
    for (let column = 0; column < columns; column += 1) heights[column] = (heights[column] ?? 0) / tallest
  return { heights, beyond }
}

/** The outline as an SVG path standing on `baseY`, `height` tall at most. */
export function densityPath(density: Density, width: number, baseY: number, height: number): string {
  const { heights } = density
  const step = width / heights.length
  const points: string[] = []
  heights.forEach((share, column) => {
    if (share > 0.004 || (heights[column - 1] ?? 0) > 0.004 || (heights[column + 1] ?? 0) > 0.004) {
      points.push(`${((column + 0.5) * step).toFixed(1)} ${(baseY - share * height).toFixed(1)}`)
    }
  })
  const first = points[0]?.split(' ')[0]
  const last = points.at(-1)?.split(' ')[0]
  return points.length === 0 ? '' : `M${first} ${baseY}L${points.join('L')}L${last} ${baseY}z`
}
