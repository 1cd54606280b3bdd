// A model's manifest to plan with.
import type { ModelManifest } from '../../../shared/domain/model.ts'

export const manifest: ModelManifest = {
  id: 'clip',
  name: 'CLIP',
  task: 'image-embedding',
  source: { library: 'transformers', repository: 'someone/clip', revision: null, weightsFile: null },
  licence: { model: 'MIT', weights: 'MIT', note: null },
  parameterCount: null,
  input: {
    name: 'pixels',
    dtype: 'float32',
    channels: 3,
    height: 224,
    width: 224,
    dynamicSize: false,
    sizeMultiple: 32,
  },
  outputs: ['embedding'],
  preprocessing: {
    resize: 'exact',
    interpolation: 'bilinear',
    centerCrop: false,
    padValue: 0,
    rescale: 1 / 255,
    mean: [0],
    standardDeviation: [1],
  },
  postprocessing: 'embedding',
  optimizationProfile: { min: 1, opt: 8, max: 16 },
  defaultOpset: 17,
  parityTolerance: {},
  keepInFp32: [],
  backends: ['torch-eager', 'onnxruntime', 'onnxruntime-node'],
  artifacts: [],
  evaluation: null,
}
