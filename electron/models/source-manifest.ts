// The manifest of a model from a source: what its inspection found, and what the user changed of that.
import { backendsWhere } from '../../shared/domain/backend.ts'
import type { ModelManifest, Preprocessing } from '../../shared/domain/model.ts'
import {
  type ModelChanges,
  type ModelReference,
  type ModelSource,
  modelReferenceText,
  type SourceFacts,
  type SourceKind,
} from '../../shared/domain/model-source.ts'
import { textSha256 } from '../inputs/file-hash.ts'
import { identifier, keptInFp32, usualTolerance } from './own-model-manifest.ts'

const largestBatch = 64
const usualOpset = 17

const libraries: Readonly<Record<SourceKind, ModelManifest['source']['library']>> = {
  folder: 'hugging-face',
  hub: 'hugging-face',
  timm: 'timm',
  torchvision: 'torchvision',
  module: 'module',
}

/** @param contents hash of the files that decide what the model is; null if its name does. */
export function sourceManifest(
  reference: ModelReference,
  source: ModelSource,
  facts: SourceFacts,
  contents: string | null,
): ModelManifest {
  const { changes } = reference
  const task = changes.task ?? facts.task
  const identity = textSha256(`${modelReferenceText(reference)}\0${contents}\0${facts.revision}`)
  const most = changes.mostBatch ?? largestBatch
  return {
    id: `${identifier(facts.name)}-${identity.slice(0, 8)}`,
    name: facts.name,
    task,
    source: {
      library: libraries[source.kind],
      repository: facts.repository,
      revision: facts.revision ?? contents,
      weightsFile: facts.weightsFile,
    },
    licence: {
      model: facts.licence ?? 'unknown',
      weights: facts.licence ?? 'unknown',
      note: facts.licence === null ? 'Its source does not state a licence: it is yours to know.' : null,
    },
    parameterCount: facts.parameterCount,
    input: {
      name: facts.inputName,
      dtype: 'float32',
      channels: facts.channels,
      height: facts.height,
      width: facts.width,
      dynamicSize: false,
      sizeMultiple: 1,
    },
    assumptions: [...facts.assumptions],
    outputs: facts.outputs.map(({ name }) => name),
    preprocessing: changed(facts.preprocessing, changes, facts.channels),
    postprocessing: task === facts.task ? facts.postprocessing : postprocessingOf(task, facts),
    optimizationProfile: { min: 1, opt: Math.min(8, most), max: most },
    defaultOpset: usualOpset,
    parityTolerance: usualTolerance,
    keepInFp32: keptInFp32,
    backends: [...backendsWhere(({ runs }) => runs === 'module' || runs === 'onnx' || runs === 'engine')],
    artifacts: [],
    evaluation: null,
    ...(facts.postprocessing === 'set-detection' && { scoreThreshold: 0.5 }),
  }
}

/** Pixels; null if the user did not change it. */
export function sizeOfChanges({ inputSize }: ModelChanges): { readonly height: number; readonly width: number } | null {
  if (inputSize === undefined) return null
  const [height = 0, width = height] = inputSize.split('x').map(Number)
  return { height, width }
}

function changed(found: Preprocessing, changes: ModelChanges, channels: number): Preprocessing {
  const perChannel = (values: readonly number[]) =>
    values.length === channels ? [...values] : Array<number>(channels).fill(values[0] ?? 0)
  const { resize, interpolation, rescale, mean, deviation } = changes
  return {
    ...found,
    ...(resize !== undefined && { resize, centerCrop: resize === 'shortest-edge', cropFraction: undefined }),
    ...(interpolation !== undefined && { interpolation }),
    ...(rescale !== undefined && { rescale }),
    ...(mean !== undefined && { mean: perChannel(mean) }),
    ...(deviation !== undefined && { standardDeviation: perChannel(deviation) }),
  }
}

/** A task that the user names applies to outputs of one row for each image. */
function postprocessingOf(task: ModelManifest['task'], { outputs }: SourceFacts): ModelManifest['postprocessing'] {
  if (outputs[0]?.shape.length !== 2) return 'none'
  if (task === 'image-classification') return 'top-1'
  return task === 'image-embedding' ? 'embedding' : 'none'
}
