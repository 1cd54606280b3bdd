// Evidence for a precision label, gathered by the backend that claims it. Never inferred from the request.
import { z } from 'zod'

export const precisionProofSchema = z.object({
  /** Whether the evidence supports the label. */
  holds: z.boolean(),
  /** What is true, in words for the user: `fp32`, `fp16 stored, fp32 computed`. */
  label: z.string().min(1),
  /** Where the evidence came from: `flags read back`, `optimized graph`, `engine inspector`. */
  method: z.string().min(1),
  /** One fact a line: `matmul allow_tf32 = false`, `MatMul: 72 float32`. */
  evidence: z.array(z.string()),
})
export type PrecisionProof = z.infer<typeof precisionProofSchema>
