// What one worker is told of its case: the trial, with the inputs and files that were resolved once for the run. Pure.
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { RunInputs } from '../inputs/run-inputs.ts'
import type { CaseTrial } from './case-trial.ts'

export interface CaseSetting {
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly inputs: RunInputs
  readonly batchSize: number
}

export function workerCaseOf(
  { plan, manifest, modelFolder, inputs, batchSize }: CaseSetting,
  trial: CaseTrial,
): WorkerCase {
  const { backend, precision, options } = trial.candidate
  const { origin, folder, seed } = inputs.weights
  const { artifact } = trial
  return {
    backend,
    precision,
    model: manifest,
    modelFolder,
    weights: { origin, folder, seed },
    onnxFile: artifact?.kind === 'onnx' ? artifact.file : null,
    engineFile: artifact === null || artifact.kind === 'onnx' ? null : artifact.file,
    batchSize,
    input: inputs.input,
    device: plan.device,
    threads: plan.threads,
    options,
  }
}
