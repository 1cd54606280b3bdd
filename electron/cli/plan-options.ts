// Turns the options of `run` into a plan. Checks form and closed lists; whether the model exists, the batch fits its
// profile or the images are there is for the run service, which is asked the same by the window.
import { resolve } from 'node:path'
import { type BackendId, backendIds, defaultBackends } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Candidate, Plan } from '../../shared/domain/plan.ts'
import { type Precision, precisionSchema } from '../../shared/domain/precision.ts'
import {
  choiceOption,
  choiceValue,
  integerOption,
  integerValue,
  listOption,
  type Options,
  textOption,
} from './option-value.ts'
import { passesFromOptions } from './pass-options.ts'
import { usageError } from './usage-error.ts'

export const defaultImageLimit = 64
export const wholeTestSet = 4096

export interface PlanDefaults {
  /** Of the model, on this machine: what runs when --backends is left out. */
  readonly candidates: readonly Candidate[]
  readonly threads: number
  readonly imageLimit: number
  /** What `--artifact` names: its model where --model is left out, and one candidate a backend that reads it. */
  readonly artifact?: { readonly model: string; readonly candidates: readonly Candidate[] }
}

export function modelOption(options: Options, command = 'run'): string {
  const model = textOption(options, 'model')
  if (model !== null) return model.endsWith('.onnx') ? resolve(model) : model
  throw usageError(
    `${command} needs a model.`,
    'Name one by --model ID or --model FILE.onnx; `enginebench models` lists ids.',
  )
}

export function planFromOptions(options: Options, defaults: PlanDefaults): Plan {
  const imageFolder = textOption(options, 'images')
  const device = choiceOption(options, 'device', ['cpu', 'cuda']) ?? 'cpu'
  const backends = listOption(options, 'backends')
  const named = backends === null ? defaults.candidates : backends.map(candidateFromText)
  return {
    model: defaults.artifact && options.model === undefined ? defaults.artifact.model : modelOption(options),
    candidates: [...named, ...(defaults.artifact?.candidates ?? [])],
    batchSizes: (listOption(options, 'batch') ?? ['1']).map(batchSize),
    imageFolder: imageFolder === null ? null : resolve(imageFolder),
    imageLimit: integerOption(options, 'imageLimit', 1, wholeTestSet) ?? defaults.imageLimit,
    inputSize: integerOption(options, 'size', 1, 4096),
    weights: weightsChoice(textOption(options, 'weights')),
    device,
    threads: integerOption(options, 'threads', 1, 1024) ?? defaults.threads,
    opset: integerOption(options, 'opset', 14, 20),
    preset: choiceOption(options, 'preset', ['quick', 'standard', 'rigorous']) ?? 'quick',
    seed: integerOption(options, 'seed', 0, 4294967295) ?? 1,
    ...passesFromOptions(options, device),
  }
}

/** `onnxruntime:fp32`; fp32 when the precision is left out. */
function candidateFromText(text: string): Candidate {
  const [backend = '', precision = 'fp32', ...rest] = text.split(':')
  if (rest.length > 0) {
    throw usageError(`${text} is not a backend and a precision.`, 'Write BACKEND:PRECISION, as onnxruntime:fp32.')
  }
  return { backend: knownBackend(backend), precision: knownPrecision(precision), options: {} }
}

function knownBackend(text: string): BackendId {
  const known = backendIds.find((id) => id === text)
  if (known) return known
  throw new BenchError({
    code: 'unknown-backend',
    stage: 'plan',
    message: `There is no backend ${text || '(empty)'}.`,
    remedy: `Choose from: ${backendIds.join(', ')}.`,
  })
}

function knownPrecision(text: string): Precision {
  return choiceValue('backends', text, precisionSchema.options)
}

function batchSize(text: string): number {
  return integerValue('batch', text, 1, 1_000_000)
}

/** `auto`, `hub`, `seeded`, or a folder of weights. */
export function weightsChoice(text: string | null): Plan['weights'] {
  if (text === null) return { kind: 'auto' }
  if (text === 'auto' || text === 'hub' || text === 'seeded') return { kind: text }
  return { kind: 'folder', folder: resolve(text) }
}

/**
 * What is worth running when nothing was named: the model's own backends that can run here, in FP32; and where the
 * model ships lower precisions, those on the first backend that reads its files.
 */
export function defaultCandidates(
  manifest: ModelManifest,
  available: ReadonlyMap<string, readonly Precision[]>,
): readonly Candidate[] {
  const usable = manifest.backends.flatMap((name) =>
    backendIds.filter((id) => id === name && defaultBackends.has(id) && available.has(id)),
  )
  const inFp32 = usable.map((backend): Candidate => ({ backend, precision: 'fp32', options: {} }))
  const reader = usable.find((id) => id.startsWith('onnxruntime'))
  const lower = manifest.artifacts
    .map(({ precision }) => precision)
    .filter((precision) => precision !== 'fp32' && reader && available.get(reader)?.includes(precision))
  return [...inFp32, ...lower.flatMap((precision) => (reader ? [{ backend: reader, precision, options: {} }] : []))]
}
