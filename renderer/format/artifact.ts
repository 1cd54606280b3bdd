// What an artifact is called, always by the library that really made it: an engine of TensorRT-RTX is never shown as
// TensorRT, whichever target was asked for.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import type { ConversionTarget } from '../../shared/domain/recipe.ts'
import { isOfTestBuilder } from '../../shared/planning/artifact-readers.ts'

type Kind = Artifact['kind']

/** The backend whose colour it has. */
export const backendOfKind: Readonly<Record<Kind, BackendId>> = {
  onnx: 'onnxruntime',
  'tensorrt-engine': 'tensorrt',
  'tensorrt-rtx-engine': 'tensorrt-rtx',
  'openvino-ir': 'openvino',
  'onnxruntime-optimized': 'onnxruntime',
}

const libraryOfKind: Readonly<Record<Kind, string>> = {
  onnx: 'ONNX',
  'tensorrt-engine': 'TensorRT',
  'tensorrt-rtx-engine': 'TensorRT-RTX',
  'openvino-ir': 'OpenVINO',
  'onnxruntime-optimized': 'ONNX Runtime',
}

const nounOfKind: Readonly<Record<Kind, string>> = {
  onnx: 'file',
  'tensorrt-engine': 'engine',
  'tensorrt-rtx-engine': 'engine',
  'openvino-ir': 'model',
  'onnxruntime-optimized': 'optimized file',
}

export const targetLabels: Readonly<Record<ConversionTarget, string>> = {
  onnx: 'ONNX file',
  onnxruntime: 'ONNX Runtime, optimized file',
  tensorrt: 'TensorRT',
  'tensorrt-rtx': 'TensorRT-RTX',
  openvino: 'OpenVINO',
}

/** `TensorRT 11.4.0.106`, `TensorRT-RTX 1.7.1, test builder`, `ONNX opset 18`. */
export function libraryName(artifact: Pick<Artifact, 'kind' | 'tools' | 'opset'>): string {
  const library = libraryOfKind[artifact.kind]
  if (artifact.kind === 'onnx') return artifact.opset === null ? library : `${library} opset ${artifact.opset}`
  const version = Object.entries(artifact.tools).find(([name]) => plain(name) === plain(library))?.[1]
  return version === undefined ? library : `${library} ${version}`
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}

/** `TensorRT FP16 engine`, `TensorRT-RTX FP16 engine, test builder`, `ONNX INT8 file`. */
export function artifactName(artifact: Pick<Artifact, 'kind' | 'tools' | 'precision'>): string {
  const noun = nounOfKind[artifact.kind]
  const name = `${libraryOfKind[artifact.kind]} ${precisionLabel(artifact.precision)} ${noun}`
  return isOfTestBuilder(artifact) ? `${name}, test builder` : name
}

/** What a target's builder is here: its own name where it says one, for it may not be what the target is called. */
export function builderName(to: ConversionTarget, backends: readonly BackendStatus[]): string {
  if (to === 'onnx') return targetLabels.onnx
  return backends.find(({ id }) => id === to)?.builder?.library ?? targetLabels[to]
}

/** `9f2c41ab`. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 8)
}
