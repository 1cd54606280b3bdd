// Which backends run an ONNX file that the run finds or exports; the others take the PyTorch module, an engine that was
// built for them, or nothing at all.
import { artifactKinds } from '../../shared/domain/artifact-kind.ts'
import { type BackendId, type BackendStatus, backendRows } from '../../shared/domain/backend.ts'
import type { Passes } from '../../shared/domain/passes.ts'
import type { Candidate } from '../../shared/domain/plan.ts'
import type { Precision } from '../../shared/domain/precision.ts'

export function runsOnnx(backend: BackendId): boolean {
  return backendRows[backend].runs === 'onnx'
}

/** Of the file that gives it: TF32 is a switch of the library, and OpenVINO lowers FP32 files as it is told. */
export function filePrecision({ backend, precision }: Candidate): Precision {
  const { builds } = backendRows[backend]
  const lowers = builds !== null && artifactKinds[builds].lowersPrecision && precision !== 'int8'
  return lowers || precision === 'tf32' ? 'fp32' : precision
}

/** The work of a model is counted in its FP32 file, also where every case runs a PyTorch module. */
export function countedPrecisions(passes: Passes | undefined): readonly Precision[] {
  return passes?.limits === true ? ['fp32'] : []
}

/** Precisions of the ONNX files that the candidates which can run will need. */
export function onnxPrecisions(
  candidates: readonly Candidate[],
  statuses: ReadonlyMap<BackendId, BackendStatus>,
): readonly Precision[] {
  const needed = candidates.filter(
    ({ artifact, backend }) => artifact === undefined && runsOnnx(backend) && statuses.get(backend)?.available === true,
  )
  return [...new Set(needed.map(filePrecision))]
}
