// The name of an artifact, always by the library that really made it: an engine of TensorRT-RTX is never shown as
// TensorRT, whichever target was requested.

import { type Artifact, isOfTestBuilder } from '../../shared/domain/artifact.ts'
import { artifactKinds, type ConversionTarget, rowOfTarget } from '../../shared/domain/artifact-kind.ts'
import { type BackendStatus, builderOf } from '../../shared/domain/backend.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'

/** `TensorRT 11.4.0.106`, `TensorRT-RTX 1.7.1, test builder`, `ONNX opset 18`. */
export function libraryName(artifact: Pick<Artifact, 'kind' | 'tools' | 'opset'>): string {
  const { library, toolNames } = artifactKinds[artifact.kind]
  if (artifact.kind === 'onnx') return artifact.opset === null ? library : `${library} opset ${artifact.opset}`
  const version = toolNames.map((name) => artifact.tools[name]).find((found) => found !== undefined)
  return version === undefined ? library : `${library} ${version}`
}

/** `TensorRT FP16 engine`, `TensorRT-RTX FP16 engine, test builder`, `ONNX INT8 file`. */
export function artifactName(artifact: Pick<Artifact, 'kind' | 'tools' | 'precision'>): string {
  const { library, noun } = artifactKinds[artifact.kind]
  const name = `${library} ${precisionLabel(artifact.precision)} ${noun}`
  return isOfTestBuilder(artifact) ? `${name}, test builder` : name
}

/** The library that builds a target here: the name it reports, since it may not be the target's library. */
export function builderName(to: ConversionTarget, backends: readonly BackendStatus[]): string {
  return backends.find(({ id }) => id === builderOf(to))?.builder?.library ?? rowOfTarget(to).label
}

/** `9f2c41ab`. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 8)
}
