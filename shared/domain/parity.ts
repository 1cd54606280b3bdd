// Agreement of a candidate's outputs with the FP32 reference on the same inputs. Not accuracy: that needs labels.
import { z } from 'zod'

export const parityVerdictSchema = z.enum(['pass', 'warn', 'fail', 'not-judged'])
export type ParityVerdict = z.infer<typeof parityVerdictSchema>

/** Boxes of candidate and reference matched one to one (Hungarian), image by image; scores above the model's threshold. */
export const detectionAgreementSchema = z.object({
  /** Share of the reference's boxes with a partner of the same class at IoU ≥ 0.5. */
  matchedShare: z.number().nullable(),
  meanIou: z.number().nullable(),
  maxScoreDifference: z.number().nullable(),
  /** Mean average precision of the candidate, the reference's boxes taken as truth; IoU 0.5 to 0.95. */
  meanAveragePrecision: z.number().nullable(),
  referenceBoxCount: z.number().int().nonnegative(),
})
export type DetectionAgreement = z.infer<typeof detectionAgreementSchema>

export const parityFiguresSchema = z.object({
  cosineSimilarity: z.number().nullable(),
  maxAbsError: z.number().nullable(),
  meanAbsError: z.number().nullable(),
  /** Count of NaN and infinite values in the candidate's outputs. */
  nonFiniteCount: z.number().int().nonnegative(),
  /** Where the first of them is: `logits of image 3`; null where all are finite. */
  nonFiniteAt: z.string().nullable().optional(),
  /** Share of rows whose largest output is at the same index; null where the model does not classify. */
  top1Agreement: z.number().nullable(),
  imageCount: z.number().int().nonnegative(),
  /** Largest |difference| / |reference|, over values that are not tiny against the largest. */
  maxRelError: z.number().nullable().optional(),
  /** Embeddings: share of images whose nearest other image is the same; crops of one photograph are left out. */
  neighbourAgreement: z.number().nullable().optional(),
  /** Detectors alone. */
  detection: detectionAgreementSchema.nullable().optional(),
  /** Share of labelled images classified right: the candidate's, and the reference's. */
  accuracy: z.object({ candidate: z.number(), reference: z.number() }).nullable().optional(),
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
