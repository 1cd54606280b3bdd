// Makes a manifest for a user's ONNX file from its graph. What the graph does not say gets the simplest value: pixels
// scaled to 0..1, symbolic sizes 224. Refuses models that do not take exactly one image tensor.
import { parse } from 'node:path'
import { backendsWhere } from '../../shared/domain/backend.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { ModelFacts } from './model-inspection.ts'
import { badModelFile } from './model-refusal.ts'

const defaultSizePixels = 224
const largestBatch = 64

/**
 * @param modelSha256 hash of only the copied file, as its users check it; differs from the facts' hash if external data
 * is included there.
 */
export function ownModelManifest(file: string, facts: ModelFacts, modelSha256: string): ModelManifest {
  const { name, channels, height, width, dynamicSize, fixedBatch } = imageInput(facts)
  const fileName = parse(file).name
  return {
    id: `${identifier(fileName)}-${facts.sha256.slice(0, 8)}`,
    name: fileName,
    task: 'custom',
    source: { library: 'file', repository: file, revision: facts.sha256, weightsFile: null },
    licence: { model: 'unknown', weights: 'unknown', note: 'Your own file: its licence is yours to know.' },
    parameterCount: null,
    input: { name, dtype: 'float32', channels, height, width, dynamicSize, sizeMultiple: dynamicSize ? 32 : 1 },
    outputs: [...facts.outputs],
    preprocessing: {
      resize: 'exact',
      interpolation: 'bilinear',
      centerCrop: false,
      padValue: 0,
      rescale: 1 / 255,
      mean: Array(channels).fill(0),
      standardDeviation: Array(channels).fill(1),
    },
    postprocessing: 'none',
    optimizationProfile: fixedBatch
      ? { min: fixedBatch, opt: fixedBatch, max: fixedBatch }
      : { min: 1, opt: 8, max: largestBatch },
    defaultOpset: Math.min(20, Math.max(14, facts.opset)),
    parityTolerance: {
      fp32: { cosinePass: 0.99999, cosineWarn: 0.9999, maxAbsPass: null },
      fp16: { cosinePass: 0.999, cosineWarn: 0.99, maxAbsPass: null },
      bf16: { cosinePass: 0.99, cosineWarn: 0.97, maxAbsPass: null },
      int8: { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
      fp8: { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
      'int4-weights': { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
    },
    keepInFp32: [
      {
        operator: 'LayerNormalization',
        reason: 'squared activations can exceed 65504, the largest half-precision number',
      },
      { operator: 'Softmax', reason: 'exponentials above e^11 leave the range of half precision' },
    ],
    backends: [...backendsWhere(({ runs }) => runs === 'onnx' || runs === 'engine')],
    artifacts: [
      {
        kind: 'onnx',
        precision: facts.storedPrecision,
        file: 'model.onnx',
        sha256: modelSha256,
        opset: facts.opset,
      },
    ],
    evaluation: null,
  }
}

function imageInput({ inputs }: ModelFacts) {
  const [input] = inputs
  if (!input || inputs.length !== 1) {
    throw badModelFile(`it takes ${inputs.length} inputs; one image tensor is what can be measured`)
  }
  if (input.dtype !== 'float32') throw badModelFile(`its input "${input.name}" is ${input.dtype}, not float32`)
  const [batch, channels, height, width] = input.dimensions
  if (input.dimensions.length !== 4 || batch === undefined || height === undefined || width === undefined) {
    throw badModelFile(`its input "${input.name}" is not [batch, channels, height, width]`)
  }
  const fixedChannels = typeof channels === 'number' ? channels : 3
  if (fixedChannels !== 1 && fixedChannels !== 3) {
    throw badModelFile(`its input "${input.name}" has ${fixedChannels} channels; images have 1 or 3`)
  }
  return {
    name: input.name,
    channels: fixedChannels,
    height: typeof height === 'number' ? height : defaultSizePixels,
    width: typeof width === 'number' ? width : defaultSizePixels,
    dynamicSize: typeof height !== 'number' && typeof width !== 'number',
    fixedBatch: typeof batch === 'number' ? batch : null,
  }
}

function identifier(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-')
  return plain.replace(/^[-.]+|[-.]+$/g, '').slice(0, 40) || 'model'
}
