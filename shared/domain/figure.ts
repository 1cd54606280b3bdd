// A displayed number: either a value with its interval (null if there is none), or the reason why it is missing.
// Invariant: a value that was not measured is null with a reason, never 0.
import { z } from 'zod'

export const intervalSchema = z.object({
  low: z.number(),
  high: z.number(),
  /** Coverage, 0..1: 0.95. */
  level: z.number().gt(0).lt(1),
  /** How it was computed: `order-statistic`, `wilcoxon-signed-rank, within one launch`, … */
  method: z.string().min(1),
})
export type Interval = z.infer<typeof intervalSchema>

export const measuredFigureSchema = z.object({ value: z.number(), interval: intervalSchema.nullable() })
export const missingFigureSchema = z.object({ value: z.null(), reason: z.string().min(1) })
export const figureSchema = z.union([measuredFigureSchema, missingFigureSchema])
export type Figure = z.infer<typeof figureSchema>
export type MeasuredFigure = z.infer<typeof measuredFigureSchema>

/** Replaces a whole measurement that is missing. */
export const notMeasuredSchema = z.object({ notMeasured: z.string().min(1) })
export type NotMeasured = z.infer<typeof notMeasuredSchema>

export function measured(value: number, interval: Interval | null = null): Figure {
  return { value, interval }
}

export function missing(reason: string): Figure {
  return { value: null, reason }
}

export function isMeasured(figure: Figure): figure is MeasuredFigure {
  return figure.value !== null
}
