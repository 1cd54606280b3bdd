// Why there is no ONNX file of a model in a precision, and what helps: one that is converted already, or the command that
// converts it.

import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'
import { convertCommand } from '../../shared/planning/recipe.ts'

/** @param model as the plan names it: an id, or the user's file. */
export function missingOnnx(
  model: string,
  manifest: ModelManifest,
  precision: Precision,
  converted: readonly Artifact[],
): BenchError {
  const ready = converted.findLast(
    ({ kind, modelId, precision: made, precisionProof }) =>
      kind === 'onnx' && modelId === manifest.id && made === precision && precisionProof?.holds !== false,
  )
  return new BenchError({
    code: 'missing-artifact',
    stage: 'export',
    message: `${manifest.name} ships no ONNX file in ${precisionLabel(precision)}, and a run exports FP32 alone.`,
    remedy:
      ready === undefined
        ? `Convert it: ${convertCommand(model, 'onnx', precision)}; then run the artifact that it names.`
        : `Run the one that is converted already: --artifact ${ready.sha256.slice(0, 12)}.`,
  })
}
