// The cheapest way to pair rows with columns one to one (the Hungarian method, by shortest augmenting paths with
// potentials). Every row of a matrix with no more rows than columns gets a column; of a taller one, every column a row.
// Costs are finite. Takes n² m steps for n the smaller side.

/** Pairs [row, column], in row order. Rows are of equal length. */
export function cheapestAssignment(costs: readonly (readonly number[])[]): readonly (readonly [number, number])[] {
  const width = costs[0]?.length ?? 0
  if (costs.length <= width) return assignRows(costs, width)
  const transposed = Array.from({ length: width }, (_, column) => costs.map((row) => row[column] ?? 0))
  return assignRows(transposed, costs.length)
    .map(([column, row]) => [row, column] as const)
    .sort(([left], [right]) => left - right)
}

function assignRows(costs: readonly (readonly number[])[], width: number): readonly (readonly [number, number])[] {
  const [rowPotential, columnPotential] = [new Float64Array(costs.length), new Float64Array(width)]
  /** Row of each column; -1 where it has none yet. */
  const rowOf = new Int32Array(width).fill(-1)
  for (let start = 0; start < costs.length; start += 1) {
    const distance = new Float64Array(width).fill(Number.POSITIVE_INFINITY)
    const cameFrom = new Int32Array(width).fill(-1)
    const done = new Uint8Array(width)
    let [row, lastColumn, reached] = [start, -1, 0]
    for (;;) {
      let next = -1
      for (let column = 0; column < width; column += 1) {
        if (done[column] === 1) continue
        const reduced =
          reached + (costs[row]?.[column] ?? 0) - (rowPotential[row] ?? 0) - (columnPotential[column] ?? 0)
        if (reduced < (distance[column] ?? 0)) {
          distance[column] = reduced
          cameFrom[column] = lastColumn
        }
        if (next === -1 || (distance[column] ?? 0) < (distance[next] ?? 0)) next = column
      }
      reached = distance[next] ?? 0
      done[next] = 1
      lastColumn = next
      row = rowOf[next] ?? -1
      if (row === -1) break
    }
    raisePotentials()
    for (let column = lastColumn; column !== -1; ) {
      const before = cameFrom[column] ?? -1
      rowOf[column] = before === -1 ? start : (rowOf[before] ?? -1)
      column = before
    }
    function raisePotentials(): void {
      rowPotential[start] = (rowPotential[start] ?? 0) + reached
      for (let column = 0; column < width; column += 1) {
        if (done[column] !== 1) continue
        const slack = reached - (distance[column] ?? 0)
        columnPotential[column] = (columnPotential[column] ?? 0) - slack
        const owner = rowOf[column] ?? -1
        if (owner !== -1) rowPotential[owner] = (rowPotential[owner] ?? 0) + slack
      }
    }
  }
  return Array.from(rowOf, (row, column) => [row, column] as const)
    .filter(([row]) => row !== -1)
    .sort(([left], [right]) => left - right)
}
