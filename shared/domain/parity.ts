// Agreement of a candidate's outputs with the FP32 reference on the same inputs.
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
  /** Share of clear boxes, of either side, that the other side has too; a box is clear at the model's threshold, and found from half of it on. */
  agreedShare: z.number().nullable().optional(),
  /** The image with the smallest such share, counted from 1, and its count of clear boxes. */
  worstImage: z
    .object({ image: z.number().int(), agreedShare: z.number(), boxCount: z.number().int() })
    .nullable()
    .optional(),
  /** By how much the mean edge of clear boxes lies to one side, in pixels of the input; 0 where chance explains it. */
  edgeShiftPixels: z.number().nullable().optional(),
  /** Matched boxes' scores, candidate's beside reference's: 1 where they are as high; 1 also where chance explains it. */
  scoreScale: z.number().nullable().optional(),
  /**
   * What decides. `boxes`: a list, whose order may change; `boxes-first`: a head that the manifest names, where values only
   * warn; `values-too`: outputs that look like boxes. Absent in records written before, where only a cosine decided.
   */
  judgedBy: z.enum(['boxes', 'boxes-first', 'values-too']).optional(),
})
export type DetectionAgreement = z.infer<typeof detectionAgreementSchema>

/** Errors relative to what the outputs say; each of the worst image and the worst output. */
export const outputErrorsSchema = z.object({
  /** Difference beside the values themselves: 0.05 is 5 %. Null where all outputs are whole numbers, as below. */
  relativeError: z.number().nullable(),
  /** Where it is worst: `output0 columns 5–24 of image 7`; likewise below. */
  relativeErrorAt: z.string().nullable(),
  /** Size of all the candidate's values beside the reference's (roots of sums of squares): 1 where they are as large. */
  scale: z.number().nullable(),
  scaleAt: z.string().nullable(),
  /** Difference beside what differs between images; 1 is a constant's. Null for one image, and where nothing varies. */
  variationError: z.number().nullable(),
  variationErrorAt: z.string().nullable(),
  /** Whole numbers (classes, counts, masks): the share that is equal. */
  equalShare: z.number().nullable(),
  equalShareAt: z.string().nullable(),
  /** Rows of scores: what is left when all values are moved by one offset. */
  withoutOffset: z.object({ offset: z.number(), relativeError: z.number(), sameWinnerShare: z.number() }).nullable(),
  /** Whether the reference's outputs differ between images; null for one image. */
  varies: z.boolean().nullable(),
})
export type OutputErrors = z.infer<typeof outputErrorsSchema>

export const parityFiguresSchema = z.object({
  cosineSimilarity: z.number().nullable(),
  maxAbsError: z.number().nullable(),
  meanAbsError: z.number().nullable(),
  /** Count of NaN and infinite values in the candidate's outputs, without infinities that stand in both. */
  nonFiniteCount: z.number().int().nonnegative(),
  /** Where the first of them is: `logits of image 3`; null where all are finite. */
  nonFiniteAt: z.string().nullable().optional(),
  /** Share of rows whose largest output is at the same index; null where the model does not classify. */
  top1Agreement: z.number().nullable(),
  /** Share of the reference's five largest outputs that are among the candidate's five; absent for fewer than 20 classes. */
  top5Agreement: z.number().optional(),
  imageCount: z.number().int().nonnegative(),
  /** Largest |difference| / |reference|, over values that are not tiny against the largest. */
  maxRelError: z.number().nullable().optional(),
  /** Embeddings: share of images whose nearest other image is the same; crops of one photograph are left out. */
  neighbourAgreement: z.number().nullable().optional(),
  /** Absent in records written before these were judged. */
  errors: outputErrorsSchema.optional(),
  /** Outputs without one row per image, which only batch 1 compares. */
  notCompared: z.array(z.string()).optional(),
  /** Detectors only. */
  detection: detectionAgreementSchema.nullable().optional(),
  /** Share of labelled images classified right: the candidate's, and the reference's. */
  accuracy: z.object({ candidate: z.number(), reference: z.number() }).nullable().optional(),
})
export type ParityFigures = z.infer<typeof parityFiguresSchema>

export const paritySchema = z.object({
  verdict: parityVerdictSchema,
  /** Why this verdict: `cosine 0.9617 is below 0.99`, `seeded weights: a graph check`, `reference`. */
  reason: z.string(),
  /** The figure that decided: `values off by 18 %`; absent where nothing was compared, and in records from before. */
  decidedBy: z.string().optional(),
  figures: parityFiguresSchema.nullable(),
  /** The case it was compared with; null for the reference itself. */
  reference: z.string().nullable(),
})
export type Parity = z.infer<typeof paritySchema>

/** What is told of a case's parity while its run goes on. */
export const parityFindingSchema = paritySchema.pick({ verdict: true, reason: true, decidedBy: true }).extend({
  /** Why there will be no speedup, as the record will say it; null if the outputs are no reason. */
  refusal: z.string().nullable(),
})
export type ParityFinding = z.infer<typeof parityFindingSchema>
