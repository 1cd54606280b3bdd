// Which files a run needs: the backends that run an ONNX file, its precisions, and the placeholder for inputs if no
// case needs any. Other backends use the PyTorch module, or an engine built for them.
import { artifactKinds } from '../../../shared/domain/artifact-kind.ts'
import { type BackendId, type BackendStatus, backendRows } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { FedInput } from '../../../shared/domain/model-input.ts'
import type { Candidate, Plan } from '../../../shared/domain/plan.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import type { Passes } from '../../../shared/passes/index.ts'
import { leadShape, shapedInputs } from '../../../shared/planning/input-shapes.ts'
import { fedInputs } from '../../inputs/feeds.ts'
import type { RunInputs } from '../../inputs/run-inputs.ts'

export function runsOnnx(backend: BackendId): boolean {
  return backendRows[backend].runs === 'onnx'
}

/** The precision of the file to run: TF32 is a switch of the library, and some engines lower FP32 files themselves. */
export function filePrecision({ backend, precision, options }: Candidate): Precision {
  const { builds } = backendRows[backend]
  const lowersAlways = builds !== null && artifactKinds[builds].lowersPrecision
  const lowers = precision !== 'int8' && (lowersAlways || options.precisionBy === 'provider')
  return lowers || precision === 'tf32' ? 'fp32' : precision
}

/** The work of a model is counted in its FP32 file, even if every case runs a PyTorch module. */
export function countedPrecisions(passes: Passes | undefined): readonly Precision[] {
  return passes?.limits === true ? ['fp32'] : []
}

/** Precisions of the ONNX files that the runnable candidates need. */
export function onnxPrecisions(
  candidates: readonly Candidate[],
  statuses: ReadonlyMap<BackendId, BackendStatus>,
): readonly Precision[] {
  const needed = candidates.filter(
    ({ artifact, backend }) => artifact === undefined && runsOnnx(backend) && statuses.get(backend)?.available === true,
  )
  return [...new Set(needed.map(filePrecision))]
}

/** The placeholder for inputs if only simulated cases can run: no image is read and no weights are looked up. */
export function noInputs(plan: Plan, manifest: ModelManifest): RunInputs {
  return {
    input: { file: '', sha256: '', shape: [...leadShape(plan, manifest, 1)] },
    images: { source: 'none: no case that takes images ran', found: 0, used: 0, notUsed: 0, skipped: [] },
    labels: null,
    photographs: null,
    weights: {
      origin: 'own',
      folder: null,
      seed: plan.seed,
      sha256: null,
      reason: 'No case that has weights ran.',
    },
    onnx: new Map(),
    artifacts: new Map(),
    calibrationPhotographs: new Set(),
  }
}

/** What the record says of every input; undefined where the model's manifest does not list them. */
export function fedInputsOf(
  plan: Plan,
  manifest: ModelManifest,
  batchSize: number,
  feeds: RunInputs['feeds'],
): FedInput[] | undefined {
  return feeds && [...fedInputs(shapedInputs(plan, manifest, batchSize), feeds, plan.seed)]
}
