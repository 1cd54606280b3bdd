// The project's only source of randomness: a small generator (mulberry32), fully determined by its seed on every
// machine. Not for secrets.
export type Random = () => number

/** Uniform in [0, 1), with 32 random bits. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Combines several numbers, in order, into one seed, so that neighbours (launch 0 round 1, launch 1 round 0) do not
 * share one.
 */
export function combinedSeed(parts: readonly number[]): number {
  let seed = 0x9e3779b9
  for (const part of parts) {
    seed = Math.imul(seed ^ (part >>> 0), 0x85ebca6b)
    seed = Math.imul(seed ^ (seed >>> 13), 0xc2b2ae35)
    seed ^= seed >>> 16
  }
  return seed >>> 0
}
