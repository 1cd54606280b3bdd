// What every format of a comparison is given.
import type { ComparedFigureName, RunComparison } from '../../statistics/compare-runs.ts'

export interface ComparisonInput {
  readonly comparison: RunComparison
  /** Null if no limit was asked for. */
  readonly gate: {
    /** How much worse a figure may be: 0.05 is 5 %. */
    readonly limit: number
    /** The figures that count. */
    readonly figures: readonly ComparedFigureName[]
  } | null
}

/** A pure function from a comparison to text. */
export type ComparisonFormat = (input: ComparisonInput) => string
