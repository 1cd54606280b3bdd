// One line a figure, so that two runs of the benchmarks can be compared by eye or by `diff`.

export interface BenchFigure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the project aims at, in the same unit: at most this. Null where it is only worth knowing. */
  readonly target: number | null
  /** How it was measured, or what it is a share of. */
  readonly detail?: string
}

export function printFigure({ name, value, unit, target, detail }: BenchFigure): void {
  const aim = target === null ? '' : `target ≤ ${target} ${unit}: ${value <= target ? 'met' : 'MISSED'}`
  const shown = `${significant(value)} ${unit}`
  process.stdout.write(`\n${name.padEnd(58)}${shown.padStart(14)}  ${aim.padEnd(30)}${detail ?? ''}`)
}

/** Where a figure cannot be had on this machine: said, never left out. */
export function printAbsence(name: string, reason: string): void {
  process.stdout.write(`\n${name.padEnd(58)}${'—'.padStart(14)}  ${reason}`)
}

function significant(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}
