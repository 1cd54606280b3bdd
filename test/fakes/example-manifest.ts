// A small manifest to start from in tests: a classifier of 4 × 4 pictures that PyTorch would export.
import type { ModelManifest } from '../../shared/domain/model.ts'

export function exampleManifest(changes: Partial<ModelManifest> = {}): ModelManifest {
  return {
    id: 'tiny',
    name: 'Tiny',
    task: 'image-classification',
    source: { library: 'transformers', repository: 'example/tiny', revision: 'abc', weightsFile: 'model.safetensors' },
    licence: { model: 'MIT', weights: 'MIT', note: null },
    parameterCount: 10,
    input: { name: 'pixels', dtype: 'float32', channels: 3, height: 4, width: 4, dynamicSize: false, sizeMultiple: 1 },
    outputs: ['logits'],
    preprocessing: {
      resize: 'exact',
      interpolation: 'bilinear',
      centerCrop: false,
      padValue: 0,
      rescale: 1 / 255,
      mean: [0, 0, 0],
      standardDeviation: [1, 1, 1],
    },
    postprocessing: 'top-1',
    optimizationProfile: { min: 1, opt: 8, max: 32 },
    defaultOpset: 17,
    parityTolerance: { fp32: { cosinePass: 0.9999, cosineWarn: 0.999, maxAbsPass: 0.001 } },
    keepInFp32: [],
    backends: ['simulated', 'torch-eager', 'onnxruntime'],
    artifacts: [],
    evaluation: null,
    ...changes,
  }
}
