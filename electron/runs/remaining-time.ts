// How long a run will go on, from what its blocks have taken so far. Null before the first block: nothing is known then.
// The share of other work (loading, warming up, memory) still to come is taken to be as it was.
export interface RunProgress {
  readonly elapsedMs: number
  readonly blocksDone: number
  readonly blocksPlanned: number
}

export function remainingMs({ elapsedMs, blocksDone, blocksPlanned }: RunProgress): number | null {
  if (blocksDone === 0) return null
  return (elapsedMs / blocksDone) * Math.max(0, blocksPlanned - blocksDone)
}
