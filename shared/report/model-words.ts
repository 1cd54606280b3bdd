// What will be run of a model, in words, for the terminal and the window. What was assumed stands in the manifest, in
// sentences.
import type { ModelManifest } from '../domain/model.ts'
import { numberText } from './figure-text.ts'

const tasks: Readonly<Record<ModelManifest['task'], string>> = {
  'image-embedding': 'image embedding',
  'object-detection': 'object detection',
  'image-classification': 'image classification',
  custom: 'outputs compared as numbers',
}

const origins: Readonly<Record<ModelManifest['source']['library'], string>> = {
  transformers: 'Transformers',
  'built-in': 'a network of Enginebench',
  ultralytics: 'Ultralytics',
  own: 'ships with Enginebench',
  file: 'your ONNX file',
  'hugging-face': "Hugging Face's layout",
  timm: 'timm',
  torchvision: 'torchvision',
  module: 'your code',
}

export interface ModelWord {
  readonly title: string
  readonly text: string
}

export function modelWords(manifest: ModelManifest): readonly ModelWord[] {
  const { input, source, outputs, optimizationProfile: batch, licence, parameterCount } = manifest
  return [
    { title: 'Model', text: `${manifest.name}, ${origins[source.library]}` },
    { title: 'From', text: placeOf(source) },
    { title: 'Task', text: tasks[manifest.task] },
    { title: 'Input', text: `${input.name}, ${input.channels}×${input.height}×${input.width}, ${input.dtype}` },
    { title: 'Preprocessing', text: preprocessingWords(manifest) },
    { title: 'Outputs', text: outputs.join(', ') },
    { title: 'Batch', text: batch.min === batch.max ? `${batch.max}` : `${batch.min} to ${batch.max}` },
    { title: 'Parameters', text: parameterCount === null ? 'unknown' : parameterCount.toLocaleString('en') },
    { title: 'Licence', text: licence.model },
  ]
}

function placeOf({ repository, revision, weightsFile, library }: ModelManifest['source']): string {
  const version = revision === null ? '' : `, ${revision.slice(0, 12)}`
  const weights = weightsFile === null || library === 'own' ? '' : `, ${weightsFile}`
  return `${repository}${version}${weights}`
}

const fits: Readonly<Record<ModelManifest['preprocessing']['resize'], string>> = {
  none: 'arrays as they are',
  exact: 'stretched to the size',
  letterbox: 'fitted into the size on a plain ground',
  'shortest-edge': 'resized by the shortest edge',
}

export function preprocessingWords({ preprocessing, input }: Pick<ModelManifest, 'preprocessing' | 'input'>): string {
  const { resize, interpolation, centerCrop, cropFraction, rescale, mean, standardDeviation } = preprocessing
  if (resize === 'none') return fits.none
  const edge = cropFraction === undefined ? '' : ` to ${Math.round((input.height ?? 0) / cropFraction)}`
  const crop = resize === 'shortest-edge' && centerCrop ? ', cropped at the centre' : ''
  const scale = Math.abs(rescale * 255 - 1) < 1e-6 ? 'scaled to 0 to 1' : `multiplied by ${numberText(rescale)}`
  const normalized =
    mean.every((value) => value === 0) && standardDeviation.every((value) => value === 1)
      ? ''
      : `, mean ${list(mean)}, deviation ${list(standardDeviation)}`
  return `${fits[resize]}${edge} (${interpolation})${crop}, ${scale}${normalized}`
}

function list(values: readonly number[]): string {
  const distinct = [...new Set(values)]
  return (distinct.length === 1 ? distinct : values).map((value) => Number(value.toPrecision(4))).join(' ')
}
