// The remedy for INT8 sums that saturate. Without VNNI, x64 processors multiply two pairs of bytes and add them in 16
// bits, which two large products exceed: the outputs are then wrong, without an error. Weights of 7 bits cannot exceed
// them, at the same speed.
import { z } from 'zod'

/** Each choice, and the layers whose weights keep to 7 bits. */
export const overflowFixes = {
  disable: 'no layer',
  'first-layer': 'the first layer',
  enable: 'every layer',
} as const
export type OverflowFix = keyof typeof overflowFixes

export const overflowFixSchema = z.enum(Object.keys(overflowFixes) as readonly OverflowFix[])

/** What a conversion target offers of it. */
export interface OverflowFixChoice {
  /** Empty: its devices add in 32 bits and need no fix. */
  readonly choices: readonly OverflowFix[]
  /** What a new recipe names; null: the recipe names none, and the library decides. */
  readonly standard: OverflowFix | null
}

export const neverSaturates: OverflowFixChoice = { choices: [], standard: null }
