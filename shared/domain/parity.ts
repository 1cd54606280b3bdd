// Agreement of a candidate's outputs with the FP32 reference on the same inputs. Not accuracy: that needs labels.
import { z } from 'zod'

export const parityVerdictSchema = z.enum(['pass', 'warn', 'fail', 'not-judged'])
export type ParityVerdict = z.infer<typeof parityVerdictSchema>

export const parityFiguresSchema = z.object({
  cosineSimilarity: z.number().nullable(),
  maxAbsError: z.number().nullable(),
  meanAbsError: z.number().nullable(),
  /** Count of NaN and infinite values in the candidate's outputs. */
  nonFiniteCount: z.number().int().nonnegative(),
  /** Share of rows whose largest output is at the same index; null where the model does not classify. */
  top1Agreement: z.number().nullable(),
  imageCount: z.number().int().nonnegative(),
})
export type ParityFigures = z.infer<typeof parityFiguresSchema>

export const paritySchema = z.object({
  verdict: parityVerdictSchema,
  /** Why this verdict: `cosine 0.9617 is below 0.99`, `seeded weights: a graph check`, `reference`. */
  reason: z.string(),
  figures: parityFiguresSchema.nullable(),
  /** The case it was held against; null for the reference itself. */
  reference: z.string().nullable(),
})
export type Parity = z.infer<typeof paritySchema>
