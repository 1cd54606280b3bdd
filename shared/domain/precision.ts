// The closed list of precisions a case can claim. A label is a claim: `fp32` means no TF32 and no BF16
// anywhere, and each backend proves what it claims (see precision-proof.ts). Does not describe tensor dtypes.
import { z } from 'zod'

export const precisionSchema = z.enum(['fp32', 'tf32', 'fp16', 'bf16', 'int8'])
export type Precision = z.infer<typeof precisionSchema>

/** As printed beside a figure: `FP32`. */
export function precisionLabel(precision: Precision): string {
  return precision.toUpperCase()
}
