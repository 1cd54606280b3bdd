// Holm's correction: with several comparisons, the i-th smallest p of k is compared with (1 - level) / (k - i + 1), and
// all after the first failure fail too. Gives each comparison the level of its displayed interval, so that in at most
// (1 - level) of runs any interval excludes equality by chance.
export interface HolmPlace {
  /** Level of this comparison's own interval: 0.9833 for the first of three at 0.95. */
  readonly level: number
  /** Whether every smaller p passed, so that this one may. */
  readonly mayDiffer: boolean
}

/** In the order given. */
export function holmPlaces(pValues: readonly number[], level: number): readonly HolmPlace[] {
  const places: HolmPlace[] = pValues.map(() => ({ level, mayDiffer: true }))
  const ascending = pValues.map((pValue, index) => ({ pValue, index })).sort((a, b) => a.pValue - b.pValue)
  let mayDiffer = true
  for (const [step, { pValue, index }] of ascending.entries()) {
    const tail = (1 - level) / (pValues.length - step)
    places[index] = { level: 1 - tail, mayDiffer }
    mayDiffer = mayDiffer && pValue <= tail
  }
  return places
}
