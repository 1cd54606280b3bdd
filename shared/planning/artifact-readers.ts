// Which backends read an artifact. An engine of the test builder is read by none: what it was built with runs nothing
// here, and it must never be measured under another library's name.
import type { Artifact } from '../domain/artifact.ts'
import type { BackendId } from '../domain/backend.ts'

const readersOfKind: Readonly<Record<Artifact['kind'], readonly BackendId[]>> = {
  onnx: ['onnxruntime', 'onnxruntime-node', 'openvino'],
  'onnxruntime-optimized': ['onnxruntime'],
  'openvino-ir': ['openvino'],
  'tensorrt-engine': ['tensorrt'],
  'tensorrt-rtx-engine': ['tensorrt-rtx'],
}

export function readersOf({ kind, tools }: Pick<Artifact, 'kind' | 'tools'>): readonly BackendId[] {
  return isOfTestBuilder({ tools }) ? [] : readersOfKind[kind]
}

export function isOfTestBuilder({ tools }: Pick<Artifact, 'tools'>): boolean {
  return Object.values(tools).some((version) => /test builder/i.test(version))
}
