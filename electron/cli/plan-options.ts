// The options that describe what is measured, shared by `run` and `sweep`, and the plan made from them. Without
// options, the plan takes the model's own backends that can run here, or the backends that read the named artifacts.
// The run service checks whether the model exists, the batch fits its profile and the images are there, as it does for
// the window.
import { resolve } from 'node:path'
import { z } from 'zod'
import { readersOf } from '../../shared/domain/artifact.ts'
import {
  backendIdSchema,
  backendIds,
  backendLabels,
  backendRows,
  defaultBackends,
} from '../../shared/domain/backend.ts'
import { tunedOptions } from '../../shared/domain/backend-measuring.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { deviceKindOf } from '../../shared/domain/device.ts'
import { inputsOf, type ModelManifest, ownPrecision } from '../../shared/domain/model.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import { type Candidate, type Plan, planSchema } from '../../shared/domain/plan.ts'
import { type Precision, precisionSchema } from '../../shared/domain/precision.ts'
import {
  type Parsed,
  parseInputValues,
  parseShapes,
  shapesExample,
  valuesExample,
} from '../../shared/planning/input-words.ts'
import { joiningCandidates } from '../../shared/planning/joining-candidates.ts'
import type { Services } from '../services.ts'
import { type CommandContext, doesNotApply, type Typed, usageError } from './command.ts'
import { findNamedModel, modelOptions, namedModel } from './model-options.ts'
import type { Terminal } from './terminal.ts'

const defaultImageLimit = 64
const wholeTestSet = 4096

export const weightsOption = {
  flag: 'weights',
  valueName: 'choice',
  schema: z
    .string()
    .default('auto')
    .transform((text): Plan['weights'] => {
      if (text === 'auto' || text === 'hub' || text === 'seeded') return { kind: text }
      return { kind: 'folder', folder: resolve(text) }
    }),
  description: 'auto, hub, seeded, or a folder of safetensors',
} as const satisfies Option

export const seedOption = {
  flag: 'seed',
  valueName: 'number',
  schema: planSchema.shape.seed.default(1),
  description: 'Generates seeded weights',
} as const satisfies Option

/** `onnxruntime:fp32`, `onnxruntime:fp32:tuned`; fp32 if the precision is left out. */
export const candidateSchema = z.string().transform((text, context): Candidate => {
  const [name = '', precisionName = 'fp32', settings = 'as-shipped', ...rest] = text.split(':')
  const backend = backendIdSchema.safeParse(name)
  const precision = precisionSchema.safeParse(precisionName)
  const isKnown = settings === 'as-shipped' || settings === 'tuned'
  if (backend.success && precision.success && isKnown && rest.length === 0) {
    return { backend: backend.data, precision: precision.data, options: tunedOptions(settings === 'tuned') }
  }
  const isBackend = backend.success || rest.length > 0
  context.addIssue({
    code: 'custom',
    message: !isBackend
      ? `Choose from: ${backendIds.join(', ')}.`
      : precision.success
        ? 'Write BACKEND:PRECISION or BACKEND:PRECISION:tuned, e.g. onnxruntime:fp32.'
        : `Choose the precision from: ${precisionSchema.options.join(', ')}.`,
    params: isBackend ? {} : { code: 'unknown-backend', message: `There is no backend "${name}".` },
  })
  return z.NEVER
})

/** A text that is parsed elsewhere; its fault is the option's. */
function parsedBy<Value>(parse: (text: string) => Parsed<Value>) {
  return (text: string, context: z.RefinementCtx): Value => {
    const parsed = parse(text)
    if ('value' in parsed) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.fault })
    return z.NEVER
  }
}

export const planOptions = {
  ...modelOptions,
  backends: {
    flag: 'backends',
    valueName: 'list',
    schema: z.array(candidateSchema).optional(),
    description:
      'Backends to compare, as BACKEND:PRECISION,…, e.g. torch-eager:fp32,onnxruntime:fp32; with :tuned after it, with the settings that an expert would choose',
    defaultText: 'those of the model that can run here, in FP32',
  },
  artifact: {
    flag: 'artifact',
    valueName: 'hashes',
    schema: z.array(z.string()).optional(),
    description: 'Converted artifacts, each on every backend here that reads it',
  },
  images: {
    flag: 'images',
    valueName: 'folder',
    schema: z
      .string()
      .transform((text) => resolve(text))
      .optional(),
    description: 'Folder of images',
    defaultText: 'the images that ship with Enginebench',
  },
  imageLimit: {
    flag: 'image-limit',
    valueName: 'count',
    schema: planSchema.shape.imageLimit.optional(),
    description: 'Maximum number of images',
    defaultText: `${defaultImageLimit}; for a model with a test set, all of it`,
  },
  size: {
    flag: 'size',
    valueName: 'pixels',
    schema: planSchema.shape.inputSize.default(null),
    description: 'Input height and width, for models that take several sizes',
    defaultText: "the model's",
  },
  shapes: {
    flag: 'shapes',
    valueName: 'shapes',
    schema: z.string().transform(parsedBy(parseShapes)).optional(),
    description: `Sizes of the inputs of one query, as trtexec takes them: ${shapesExample}`,
    defaultText: "the file's, or what it proposes",
  },
  inputValues: {
    flag: 'input-values',
    valueName: 'values',
    schema: z.string().transform(parsedBy(parseInputValues)).optional(),
    description: `What inputs are fed: images, range, integers, constant, or a file (.npy, .npz#NAME, .safetensors#NAME), e.g. ${valuesExample}`,
    defaultText: 'pictures, and seeded values for every other input',
  },
  weights: weightsOption,
  device: {
    flag: 'device',
    valueName: 'device',
    schema: planSchema.shape.device.default('cpu'),
    description: "Where to compute: cpu, cuda, cuda:1 (CUDA's second GPU), or the UUID of a GPU or MIG instance",
  },
  threads: {
    flag: 'threads',
    valueName: 'count',
    schema: planSchema.shape.threads.optional(),
    description: 'Threads of every backend on the CPU',
    defaultText: 'the number of physical cores',
  },
  opset: {
    flag: 'opset',
    valueName: 'version',
    schema: planSchema.shape.opset.default(null),
    description: 'Opset of an ONNX export',
    defaultText: "the model's",
  },
  seed: { ...seedOption, description: 'Orders the rounds and generates seeded weights' },
} as const satisfies Readonly<Record<string, Option>>

export type PlanTyped = Typed<typeof planOptions>

export interface PlanDefaults {
  /** The model's backends on this machine: used if --backends is left out. */
  readonly candidates: readonly Candidate[]
  readonly threads: number
  readonly imageLimit: number
  /** Used if --batch is left out: what --shapes states, else the smallest that the model takes; absent: 1. */
  readonly batchSize?: number
  /**
   * What `--artifact` names: the model, if --model is left out, and one candidate for each backend that reads the
   * artifact.
   */
  readonly artifact?: { readonly model: string; readonly candidates: readonly Candidate[] }
}

export type PlannedInputs = Omit<Plan, 'batchSizes' | 'preset' | 'passes' | 'widthRule'>

export function plannedInputs({ values }: Pick<PlanTyped, 'values'>, defaults: PlanDefaults): PlannedInputs {
  const { artifact, candidates, threads, imageLimit } = defaults
  return {
    model: namedModel(values) ?? artifact?.model ?? '',
    candidates: [...(values.backends ?? candidates), ...(artifact?.candidates ?? [])],
    imageFolder: values.images ?? null,
    imageLimit: values.imageLimit ?? imageLimit,
    inputSize: values.size,
    ...(values.shapes && { shapes: values.shapes }),
    ...(values.inputValues && { inputValues: withWholePaths(values.inputValues) }),
    weights: values.weights,
    device: values.device,
    threads: values.threads ?? threads,
    opset: values.opset,
    seed: values.seed,
  }
}

function withWholePaths(values: NonNullable<Plan['inputValues']>): NonNullable<Plan['inputValues']> {
  return Object.fromEntries(
    Object.entries(values).map(([name, each]) => [
      name,
      each.kind === 'file' ? { ...each, file: resolve(each.file) } : each,
    ]),
  )
}

export function neededModel({ given }: Pick<Typed, 'given'>, command: string): readonly OptionFault[] {
  if (given.has('model') || given.has('artifact')) return []
  const remedy = 'Add --model ID, FILE.onnx or a source, e.g. timm:resnet18; `enginebench models` lists the ids.'
  return [{ code: 'bad-usage', message: `${command} needs a model.`, remedy }]
}

/** Whether the options that decide about models and backends were typed and not refused. */
export function canPlan({ given, refused }: Pick<Typed, 'given' | 'refused'>): boolean {
  const decides = [planOptions.model, planOptions.backends, planOptions.artifact, planOptions.device]
  return (given.has('model') || given.has('artifact')) && !decides.some(({ flag }) => refused.has(flag))
}

/** Throws `unknown-model`, `unknown-artifact`, and `bad-usage` if nothing can run. */
export async function planDefaults({
  services,
  terminal,
  values,
}: Pick<CommandContext<typeof planOptions>, 'services' | 'terminal' | 'values'>): Promise<PlanDefaults> {
  const artifact = await namedArtifacts({ services, terminal, values })
  const model = namedModel(values) ?? artifact?.model ?? ''
  const { manifest } = await findNamedModel(services, model, values, terminal)
  const threads = (await services.machine()).physicalCores
  const imageLimit = manifest.evaluation === null ? defaultImageLimit : wholeTestSet
  const batchSize = statedBatch(values.shapes, manifest) ?? manifest.optimizationProfile.min
  const always = { threads, imageLimit, batchSize }
  if (artifact) return { candidates: [], ...always, artifact }
  if (values.backends !== undefined) return { candidates: [], ...always }
  const statuses = await services.backends.list()
  const available = new Map(statuses.filter((status) => status.available).map(({ id, precisions }) => [id, precisions]))
  const candidates = defaultCandidates(manifest, available)
  if (candidates.length > 0) return { candidates, ...always }
  throw usageError(
    `No backend of ${manifest.id} can run on this machine yet.`,
    'To see what helps: enginebench doctor. Then name backends, e.g. --backends onnxruntime-node:fp32',
  )
}

/** The batch that `--shapes` has; null if it has none. */
function statedBatch(shapes: Plan['shapes'], manifest: ModelManifest): number | null {
  const stated = inputsOf(manifest).flatMap(({ name, batchAxis }) =>
    batchAxis === null ? [] : (shapes?.[name]?.[batchAxis] ?? []),
  )
  return stated[0] ?? null
}

/** Options that have no meaning for the model or the candidates. */
export async function planMisfits(
  { given }: Pick<PlanTyped, 'given'>,
  { model, candidates, weights }: PlannedInputs,
  { models }: Pick<Services, 'models'>,
): Promise<readonly OptionFault[]> {
  const { manifest } = await models.find(model)
  const isOwnFile = manifest.source.library === 'file'
  const exportsNothing = candidates.every(
    ({ backend, artifact }) => artifact !== undefined || backendRows[backend].runs !== 'onnx',
  )
  const opset = isOwnFile
    ? `to ${manifest.name}: your own file is not exported again`
    : 'to these backends: none of them runs an ONNX file that this run exports'
  return [
    ...(manifest.evaluation === null
      ? []
      : doesNotApply({ given }, [planOptions.images], `to ${manifest.name}: it is measured on its own test set`)),
    ...(isOwnFile || exportsNothing ? doesNotApply({ given }, [planOptions.opset], opset) : []),
    ...(isOwnFile && weights.kind !== 'auto'
      ? doesNotApply({ given }, [planOptions.weights], `to ${manifest.name}: your own file holds its weights`)
      : []),
    ...(manifest.source.library === 'module' && weights.kind !== 'auto'
      ? doesNotApply({ given }, [planOptions.weights], `to ${manifest.name}: its code makes its weights`)
      : []),
  ]
}

/** Null if none is named. All must be of one model, or be compared on a named model. */
async function namedArtifacts({
  services,
  terminal,
  values,
}: Pick<CommandContext<typeof planOptions>, 'services' | 'terminal' | 'values'>): Promise<NonNullable<
  PlanDefaults['artifact']
> | null> {
  if (values.artifact === undefined) return null
  const found = []
  for (const hash of values.artifact) found.push(await artifactCandidates(services, hash, values.device, terminal))
  const models = [...new Set(found.map(({ model }) => model))]
  if (models.length > 1 && values.model === undefined) {
    throw usageError(
      `These artifacts belong to several models: ${models.join(', ')}.`,
      'Compare artifacts of one model, or name the model to compare them on: --model ID.',
    )
  }
  return { model: models[0] ?? '', candidates: found.flatMap(({ candidates }) => candidates) }
}

/**
 * The candidates if none were named: the model's own backends that can run here, in FP32; if the model ships lower
 * precisions, also those on the first backend that reads its files. A user's own file runs in the precision that it is
 * stored in.
 */
export function defaultCandidates(
  manifest: ModelManifest,
  available: ReadonlyMap<string, readonly Precision[]>,
): readonly Candidate[] {
  const usable = manifest.backends.flatMap((name) =>
    backendIds.filter((id) => id === name && defaultBackends.has(id) && available.has(id)),
  )
  const own = ownPrecision(manifest)
  if (own !== null && own !== 'fp32') {
    // Others lower an FP32 file themselves.
    const readers = usable.filter((id) => id.startsWith('onnxruntime') && available.get(id)?.includes(own))
    return readers.flatMap((backend) => joiningCandidates({ backend, precision: own }))
  }
  const inFp32 = usable.flatMap((backend) => joiningCandidates({ backend, precision: 'fp32' }))
  const reader = usable.find((id) => id.startsWith('onnxruntime'))
  const lower = manifest.artifacts
    .map(({ precision }) => precision)
    .filter((precision) => precision !== 'fp32' && reader && available.get(reader)?.includes(precision))
  return [...inFp32, ...lower.flatMap((precision) => (reader ? joiningCandidates({ backend: reader, precision }) : []))]
}

export interface ArtifactCandidates {
  /** A manifest's id, or the user's file. */
  readonly model: string
  readonly candidates: readonly Candidate[]
}

/**
 * The candidates of every backend that reads the artifact and can run here on the requested device. If no reader can
 * run, all are candidates, so that the record says why each was skipped. Throws `unknown-artifact`, or
 * `backend-unavailable` if no backend may run it.
 */
export async function artifactCandidates(
  services: Pick<Services, 'artifacts' | 'backends'>,
  hash: string,
  device: Plan['device'],
  terminal: Pick<Terminal, 'note'>,
): Promise<ArtifactCandidates> {
  const artifact = await services.artifacts.find(hash)
  const readers = readersOf(artifact)
  if (readers.length === 0) throw readByNone(artifact.kind)
  const statuses = await services.backends.list()
  const ready = readers.filter((id) =>
    statuses.some((status) => status.id === id && status.available && status.devices.includes(deviceKindOf(device))),
  )
  for (const id of readers.filter((reader) => ready.length > 0 && !ready.includes(reader))) {
    terminal.note(`note: ${backendLabels[id]} also reads it, but cannot run on ${device} here.`)
  }
  const { precision, sha256, key, modelId } = artifact
  const model = key === undefined ? modelId : await modelOf(services, key, modelId)
  const backends = ready.length > 0 ? ready : readers
  const candidates = backends.flatMap((backend) => joiningCandidates({ backend, precision, artifact: sha256 }))
  return { model, candidates }
}

/** The recipe knows the path of the user's own file; an engine from elsewhere has no recipe. */
async function modelOf({ artifacts }: Pick<Services, 'artifacts'>, key: string, modelId: string): Promise<string> {
  try {
    return (await artifacts.recipeOf(key)).model
  } catch (error) {
    if (error instanceof BenchError) return modelId
    throw error
  }
}

function readByNone(kind: string): BenchError {
  return new BenchError({
    code: 'backend-unavailable',
    stage: 'plan',
    message: `No backend runs this ${kind}: it was built by the test builder, and is never measured under another name.`,
    remedy: 'Build the engine where TensorRT is installed, from the same ONNX file.',
  })
}
