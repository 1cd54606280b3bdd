// Which backends run an ONNX file that the run finds or exports; the others take the PyTorch module, an engine that was
// built for them, or nothing at all.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { Passes } from '../../shared/domain/passes.ts'
import type { Candidate } from '../../shared/domain/plan.ts'
import type { Precision } from '../../shared/domain/precision.ts'

const onnxBackends = new Set<BackendId>(['onnxruntime', 'onnxruntime-node', 'tensorrt-rtx', 'openvino'])

export function runsOnnx(backend: BackendId): boolean {
  return onnxBackends.has(backend)
}

/** Of the file that gives it: TF32 is a switch of the library, and OpenVINO lowers FP32 files as it is told. */
export function filePrecision({ backend, precision }: Candidate): Precision {
  const lowers = precision === 'tf32' || (backend === 'openvino' && precision !== 'int8')
  return lowers ? 'fp32' : precision
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
