// Stands where inputs would when no case can use them (all that can run are simulated): no image is read and no weights
// are looked for.
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { RunInputs } from '../inputs/run-inputs.ts'

export function noInputs(plan: Plan, { input }: ModelManifest): RunInputs {
  const size = [plan.inputSize ?? input.height, plan.inputSize ?? input.width]
  return {
    input: { file: '', sha256: '', shape: [1, input.channels, ...size] },
    images: { source: 'none: nothing ran that takes images', found: 0, used: 0, notUsed: 0, skipped: [] },
    labels: null,
    photographs: null,
    weights: {
      origin: 'own',
      folder: null,
      seed: plan.seed,
      sha256: null,
      reason: 'There are none: nothing ran that has any.',
    },
    onnx: new Map(),
    artifacts: new Map(),
    calibrationPhotographs: new Set(),
  }
}
