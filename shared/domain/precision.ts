// The closed list of precisions a case can claim. A label is a claim: `fp32` means no TF32 and no BF16 anywhere, and
// each backend proves its claim with evidence that it collects itself, never inferred from the request. `int4-weights`
// stores weights in 4 bits and multiplies in a wider type: it is no claim about arithmetic.
import { z } from 'zod'

export const precisionSchema = z.enum(['fp32', 'tf32', 'fp16', 'bf16', 'int8', 'fp8', 'int4-weights'])
export type Precision = z.infer<typeof precisionSchema>

/** As printed next to a figure: `FP32`, `INT4 weights`. */
export function precisionLabel(precision: Precision): string {
  return precision === 'int4-weights' ? 'INT4 weights' : precision.toUpperCase()
}

/** Rounded to scales that calibration images give. Layers outside have a precision of their own. */
export function isCalibrated(precision: Precision): precision is 'int8' | 'fp8' {
  return precision === 'int8' || precision === 'fp8'
}

export const precisionProofSchema = z.object({
  /** Whether the evidence supports the label. */
  holds: z.boolean(),
  /** The actual precision, in words for the user: `fp32`, `fp16 stored, fp32 computed`. */
  label: z.string().min(1),
  /** Where the evidence came from: `flags read back`, `optimized graph`, `engine inspector`. */
  method: z.string().min(1),
  /** One fact per line: `matmul allow_tf32 = false`, `MatMul: 72 float32`. */
  evidence: z.array(z.string()),
})
export type PrecisionProof = z.infer<typeof precisionProofSchema>

/** What a build recorded about the file that a case runs, found by the file's hash. */
export const buildRecordSchema = z.object({
  precisionProof: precisionProofSchema.nullable(),
  /** Whether the builder could use TF32; null if it is not known. */
  tf32: z.boolean().nullable(),
  /** True if it was built for later versions of its library too; absent otherwise. */
  versionCompatible: z.boolean().optional(),
})
export type BuildRecord = z.infer<typeof buildRecordSchema>
