// One line a figure, so that two runs of the benchmarks can be compared by eye or by `diff`.

export interface BenchFigure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the project aims at, in the same unit: at most this, or at least. Null where it is only worth knowing. */
  readonly target: number | { readonly atLeast: number } | null
  /** How it was measured, or what it is a share of. */
  readonly detail?: string
}

export function printFigure({ name, value, unit, target, detail }: BenchFigure): void {
  const aim = target === null ? '' : aimText(value, unit, target)
  const shown = `${significant(value)} ${unit}`
  process.stdout.write(`\n${name.padEnd(58)}${shown.padStart(14)}  ${aim.padEnd(30)}${detail ?? ''}`)
}

function aimText(value: number, unit: string, target: NonNullable<BenchFigure['target']>): string {
  const isFloor = typeof target === 'object'
  const limit = isFloor ? target.atLeast : target
  const isMet = isFloor ? value >= limit : value <= limit
  return `target ${isFloor ? '≥' : '≤'} ${limit} ${unit}: ${isMet ? 'met' : 'MISSED'}`
}

/** Where a figure cannot be had on this machine: said, never left out. */
export function printAbsence(name: string, reason: string): void {
  process.stdout.write(`\n${name.padEnd(58)}${'—'.padStart(14)}  ${reason}`)
}

function significant(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}
