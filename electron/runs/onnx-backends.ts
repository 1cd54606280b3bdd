// Which backends run an ONNX file; the others take the PyTorch module or nothing at all.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { Candidate } from '../../shared/domain/plan.ts'
import type { Precision } from '../../shared/domain/precision.ts'

const onnxBackends = new Set<BackendId>(['onnxruntime', 'onnxruntime-node', 'tensorrt', 'tensorrt-rtx', 'openvino'])

export function runsOnnx(backend: BackendId): boolean {
  return onnxBackends.has(backend)
}

/** Precisions of the ONNX files that the candidates which can run will need. */
export function onnxPrecisions(
  candidates: readonly Candidate[],
  statuses: ReadonlyMap<BackendId, BackendStatus>,
): readonly Precision[] {
  const needed = candidates.filter(
    (candidate) => runsOnnx(candidate.backend) && statuses.get(candidate.backend)?.available === true,
  )
  return [...new Set(needed.map((candidate) => candidate.precision))]
}
