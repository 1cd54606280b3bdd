// What came out of one conversion step. The hash covers external data. Does not hold the bytes.
import { z } from 'zod'
import { weightsOriginSchema } from './model.ts'
import { parityFiguresSchema, parityVerdictSchema } from './parity.ts'
import { precisionSchema } from './precision.ts'

export const artifactSchema = z.object({
  kind: z.enum(['onnx', 'tensorrt-engine', 'tensorrt-rtx-engine', 'openvino-ir']),
  modelId: z.string(),
  precision: precisionSchema,
  opset: z.number().int().nullable(),
  sha256: z.string(),
  file: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  buildTimeMs: z.number().nonnegative(),
  /** sha256 of what it was made from; empty for an export from PyTorch. */
  parents: z.array(z.string()),
  weights: weightsOriginSchema,
  /** Against FP32 PyTorch on real images, one entry a batch size; `not-judged` with seeded weights. */
  parity: z.object({
    verdict: parityVerdictSchema,
    reason: z.string(),
    byBatchSize: z.array(z.object({ batchSize: z.number().int().positive(), figures: parityFiguresSchema })),
  }),
  layerPrecision: z.record(z.string(), z.number()).nullable(),
  /** Library name -> version that made it. */
  tools: z.record(z.string(), z.string()),
})
export type Artifact = z.infer<typeof artifactSchema>
