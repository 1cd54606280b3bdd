// An artifact to plan with: an FP16 ONNX file of the manifest beside this.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { manifest } from './manifest.ts'

export function artifact(changes: Partial<Artifact> = {}): Artifact {
  return {
    kind: 'onnx',
    modelId: manifest.id,
    precision: 'fp16',
    opset: 17,
    sha256: '1a2b3c4d'.repeat(8),
    file: '/artifacts/model.onnx',
    sizeBytes: 10,
    buildTimeMs: 1,
    parents: [],
    weights: 'hub',
    parity: { verdict: 'pass', reason: 'cosine 0.9999, at least 0.999 needed', byBatchSize: [] },
    layerPrecision: null,
    tools: {},
    ...changes,
  }
}
