// Makes a manifest for a user's ONNX file from its graph and its notes. What they do not say gets the simplest value, and
// a sentence that says so. Refuses what cannot be fed or read: strings, sequences.
import { parse } from 'node:path'
import { backendsWhere } from '../../shared/domain/backend.ts'
import { type ModelManifest, opsets } from '../../shared/domain/model.ts'
import type { ModelFacts } from './model-inspection.ts'
import { type OwnInputs, ownInputs } from './own-inputs.ts'
import { type PictureNotes, pictureNotes, preprocessingOf } from './picture-notes.ts'

const largestBatch = 64

/** For a model about which nobody has said more. */
export const usualTolerance: ModelManifest['parityTolerance'] = {
  fp32: { cosinePass: 0.99999, cosineWarn: 0.9999, maxAbsPass: null },
  fp16: { cosinePass: 0.999, cosineWarn: 0.99, maxAbsPass: null },
  bf16: { cosinePass: 0.99, cosineWarn: 0.97, maxAbsPass: null },
  int8: { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
  fp8: { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
  'int4-weights': { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
}
export const keptInFp32: ModelManifest['keepInFp32'] = [
  {
    operator: 'LayerNormalization',
    reason: 'squared activations can exceed 65504, the largest half-precision number',
  },
  { operator: 'Softmax', reason: 'exponentials above e^11 leave the range of half precision' },
]

/**
 * @param modelSha256 hash of only the copied file, as its users check it; differs from the facts' hash if external data
 * is included there.
 */
export function ownModelManifest(file: string, facts: ModelFacts, modelSha256: string): ModelManifest {
  const notes = pictureNotes(facts.metadata)
  const own = ownInputs(facts, notes)
  const picture = pictureOf(own, notes)
  const { preprocessing, sentence } = preprocessingOf(notes, picture?.channels ?? 1, own.lead.type)
  const fileName = parse(file).name
  return {
    id: `${identifier(fileName)}-${facts.sha256.slice(0, 8)}`,
    name: fileName,
    task: 'custom',
    source: { library: 'file', repository: file, revision: facts.sha256, weightsFile: null },
    licence: { model: 'unknown', weights: 'unknown', note: 'Your own file: its licence is yours to know.' },
    parameterCount: null,
    input: { name: own.lead.name, dtype: own.lead.type, ...(picture ?? noPicture) },
    ...(isPlainPicture(own) ? {} : { inputs: [...own.inputs] }),
    assumptions: [...(picture === null ? [] : [sentence]), ...own.assumptions],
    outputs: [...facts.outputs],
    preprocessing: picture === null ? { ...preprocessing, resize: 'none' } : preprocessing,
    postprocessing: 'none',
    optimizationProfile: profileOf(own),
    defaultOpset: Math.min(opsets.newest, Math.max(opsets.oldest, facts.opset)),
    parityTolerance: usualTolerance,
    keepInFp32: keptInFp32,
    ...(facts.customOperators !== undefined && { customOperators: facts.customOperators }),
    backends: backendsWhere(
      ({ runs, reads, feedsAnyInput }) =>
        (facts.customOperators === undefined
          ? runs === 'onnx' || runs === 'engine'
          : reads.includes('tensorrt-engine')) &&
        (isPlainPicture(own) || feedsAnyInput),
    ).slice(),
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

function pictureOf({ lead }: OwnInputs, notes: PictureNotes) {
  const { dimensions, layout, proposed } = lead
  if (layout === null) return null
  const at = (letter: 'C' | 'H' | 'W') => {
    const axis = layout.indexOf(letter)
    const size = dimensions[axis]
    return { isOpen: typeof size === 'string', pixels: typeof size === 'number' ? size : (proposed[axis] ?? 1) }
  }
  const [height, width] = [at('H'), at('W')]
  const dynamicSize = height.isOpen && width.isOpen
  return {
    channels: at('C').pixels,
    height: height.pixels,
    width: width.pixels,
    dynamicSize,
    sizeMultiple: dynamicSize ? (notes.stride ?? 32) : 1,
  }
}

const noPicture = { channels: null, height: null, width: null, dynamicSize: false, sizeMultiple: 1 }

/** One float32 picture, NCHW, with both sides open or neither: what needs no list of inputs. */
function isPlainPicture({ inputs, lead }: OwnInputs): boolean {
  const [, , height, width] = lead.dimensions
  const isPicture = lead.layout === 'NCHW' && lead.type === 'float32' && typeof height === typeof width
  return inputs.length === 1 && isPicture
}

function profileOf({ lead }: OwnInputs): ModelManifest['optimizationProfile'] {
  if (lead.batchAxis === null) return { min: 1, opt: 1, max: 1 }
  const size = lead.dimensions[lead.batchAxis]
  return typeof size === 'number' ? { min: size, opt: size, max: size } : { min: 1, opt: 8, max: largestBatch }
}

export function identifier(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-')
  return plain.replace(/^[-.]+|[-.]+$/g, '').slice(0, 40) || 'model'
}
