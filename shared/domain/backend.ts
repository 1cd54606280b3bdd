// The backends, one row each, and what each reports about itself on this machine. A backend that cannot run is listed
// with its reason and remedy: greyed, never hidden.
import { z } from 'zod'
import { type ArtifactKind, artifactKindOf, artifactKinds, type ConversionTarget } from './artifact-kind.ts'
import type { ModelManifest } from './model.ts'
import { type Precision, precisionSchema } from './precision.ts'
import { type EnvironmentName, environments } from './python-environment.ts'

type ModelLibrary = ModelManifest['source']['library']

export interface BackendRow {
  readonly label: string
  /** The Python environment of its worker; null if it is built in and needs no Python. */
  readonly environment: EnvironmentName | null
  /** The same on every screen, chart and report; contrast of at least 3 : 1 on its own background. */
  readonly colour: { readonly dark: string; readonly light: string }
  /** Outline colour of its marks. */
  readonly marker: 'solid' | 'dashed'
  /**
   * What it runs if a candidate names no artifact: the PyTorch module, Ultralytics' own module, the ONNX file that the
   * run finds or exports, only an engine that was built for it, or nothing at all.
   */
  readonly runs: 'module' | 'ultralytics-module' | 'onnx' | 'engine' | 'nothing'
  /** Kinds of artifact that a candidate may name for it. */
  readonly reads: readonly ArtifactKind[]
  /** The kind it builds; null if it builds none. */
  readonly builds: ArtifactKind | null
  /**
   * When its engine is built: before, the same build in every launch, from a file or a cache; or at each load. Null
   * without an engine.
   */
  readonly engineBuild: 'from-file' | 'at-load' | null
  /** Precisions it may claim on some machine; its status lists those of this one. */
  readonly precisions: readonly Precision[]
  readonly devices: readonly ('cpu' | 'cuda')[]
  /** Whether it feeds inputs of any type, rank and number; otherwise one float32 picture. */
  readonly feedsAnyInput: boolean
  /** Model libraries whose images, weights and exports its worker handles. */
  readonly exports: readonly ModelLibrary[]
  /** PyTorch itself, which engines are compared with. */
  readonly isPytorch: boolean
  /** Rank as a baseline, the first preferred; null if it becomes the baseline only when there is no other. */
  readonly baselineRank: number | null
  /** Compared by default: it starts in seconds and needs no conversion first. */
  readonly isDefault: boolean
  /** A note for the user when it is ready; null if its devices say enough. */
  readonly note: string | null
}

const torch = {
  environment: 'main',
  marker: 'solid',
  runs: 'module',
  reads: [],
  builds: null,
  engineBuild: null,
  precisions: ['fp32', 'tf32', 'fp16', 'bf16'],
  feedsAnyInput: false,
  exports: [],
  isPytorch: true,
  baselineRank: null,
  isDefault: false,
  note: null,
} as const

const engine = {
  marker: 'solid',
  engineBuild: null,
  feedsAnyInput: true,
  exports: [],
  isPytorch: false,
  baselineRank: null,
  isDefault: false,
  note: null,
} as const

const rows = {
  'torch-eager': {
    ...torch,
    label: 'PyTorch eager',
    colour: { dark: '#959ba2', light: '#7b8188' },
    devices: ['cpu', 'cuda'],
    exports: ['transformers', 'built-in', 'own', 'file'],
    baselineRank: 1,
    isDefault: true,
    note: 'Baseline for every speedup',
  },
  'torch-compile': {
    ...torch,
    label: 'torch.compile',
    colour: { dark: '#e8d25a', light: '#8a7400' },
    devices: ['cpu', 'cuda'],
  },
  'torch-cudagraph': {
    ...torch,
    label: 'CUDA graph',
    colour: { dark: '#e69f00', light: '#d07e00' },
    devices: ['cuda'],
  },
  onnxruntime: {
    ...engine,
    label: 'ONNX Runtime',
    environment: 'main',
    colour: { dark: '#2f86cc', light: '#0067a8' },
    runs: 'onnx',
    reads: ['onnx', 'onnxruntime-optimized'],
    builds: 'onnxruntime-optimized',
    precisions: ['fp32', 'tf32', 'fp16', 'int8'],
    devices: ['cpu', 'cuda'],
    baselineRank: 3,
    isDefault: true,
  },
  'onnxruntime-node': {
    ...engine,
    label: 'ONNX Runtime (Node)',
    environment: null,
    colour: { dark: '#7cc8f2', light: '#2f96d2' },
    runs: 'onnx',
    reads: ['onnx'],
    builds: null,
    precisions: ['fp32', 'fp16', 'int8'],
    devices: ['cpu'],
    baselineRank: 4,
    isDefault: true,
    note: 'Works without Python',
  },
  'torch-tensorrt': {
    ...torch,
    label: 'Torch-TensorRT',
    colour: { dark: '#79c257', light: '#4c8a2b' },
    engineBuild: 'at-load',
    precisions: ['fp32', 'fp16'],
    devices: ['cuda'],
    isPytorch: false,
  },
  tensorrt: {
    ...engine,
    label: 'TensorRT',
    environment: 'tensorrt',
    colour: { dark: '#0fb282', light: '#008f68' },
    runs: 'engine',
    reads: ['tensorrt-engine'],
    builds: 'tensorrt-engine',
    engineBuild: 'from-file',
    precisions: ['fp32', 'tf32', 'fp16', 'bf16', 'int8', 'fp8', 'int4-weights'],
    devices: ['cuda'],
  },
  'tensorrt-rtx': {
    ...engine,
    label: 'TensorRT-RTX',
    environment: 'tensorrt-rtx',
    colour: { dark: '#dd6a33', light: '#c94f10' },
    runs: 'onnx',
    reads: ['tensorrt-rtx-engine'],
    builds: 'tensorrt-rtx-engine',
    engineBuild: 'from-file',
    // INT8 is a type of weights there, multiplied in a wider one: it can never be claimed.
    precisions: ['tf32', 'fp16', 'bf16'],
    devices: ['cuda'],
    feedsAnyInput: false,
  },
  'onnxruntime-tensorrt': {
    ...engine,
    label: 'ONNX Runtime TensorRT',
    environment: 'onnxruntime-tensorrt',
    colour: { dark: '#5cc8c0', light: '#17807a' },
    runs: 'onnx',
    reads: ['onnx'],
    builds: null,
    engineBuild: 'from-file',
    precisions: ['fp32', 'tf32', 'fp16', 'bf16', 'int8'],
    devices: ['cuda'],
    feedsAnyInput: false,
  },
  openvino: {
    ...engine,
    label: 'OpenVINO',
    environment: 'openvino',
    colour: { dark: '#d264a8', light: '#b03a86' },
    runs: 'onnx',
    reads: ['onnx', 'openvino-ir'],
    builds: 'openvino-ir',
    precisions: ['fp32', 'fp16', 'bf16', 'int8'],
    devices: ['cpu'],
    isDefault: true,
  },
  ultralytics: {
    ...torch,
    label: 'Ultralytics',
    environment: 'yolo',
    colour: { dark: '#a795f0', light: '#7a62d6' },
    runs: 'ultralytics-module',
    devices: ['cpu', 'cuda'],
    exports: ['ultralytics'],
    baselineRank: 2,
    isDefault: true,
  },
  simulated: {
    ...engine,
    label: 'Simulated',
    environment: null,
    colour: { dark: '#959ba2', light: '#7b8188' },
    marker: 'dashed',
    runs: 'nothing',
    reads: [],
    builds: null,
    precisions: ['fp32', 'tf32', 'fp16', 'bf16', 'int8'],
    devices: ['cpu', 'cuda'],
    note: 'Seeded latencies for rehearsal, always labelled',
  },
} as const satisfies Readonly<Record<string, BackendRow>>

export type BackendId = keyof typeof rows

export const backendRows: Readonly<Record<BackendId, BackendRow>> = rows

/** In listing order. */
export const backendIds = Object.keys(rows) as readonly BackendId[]
export const backendIdSchema = z.enum(backendIds)

export function backendsWhere(holds: (row: BackendRow) => boolean): readonly BackendId[] {
  return backendIds.filter((id) => holds(backendRows[id]))
}

/** Display name: `PyTorch eager`. */
export const backendLabels: Readonly<Record<BackendId, string>> = eachBackend(({ label }) => label)

export const defaultBackends: ReadonlySet<BackendId> = new Set(backendsWhere(({ isDefault }) => isDefault))

export const pythonBackends = backendsWhere(({ environment }) => environment !== null)

/** The backend that builds a target; null for targets that end with the ONNX steps. */
export function builderOf(target: ConversionTarget): BackendId | null {
  return backendsWhere(({ builds }) => builds === artifactKindOf(target))[0] ?? null
}

/** Whether a target's builder runs only on a GPU, so that an engine is bound to the card that built it. */
export function isBuiltOnGpu(target: ConversionTarget): boolean {
  const builder = builderOf(target)
  return builder !== null && !backendRows[builder].devices.includes('cpu')
}

export function readersOfKind(kind: ArtifactKind): readonly BackendId[] {
  return backendsWhere(({ reads }) => reads.includes(kind))
}

/** The backend that gives a kind its colour, and that the choice of the best precision is measured on. */
export function mainReaderOf(kind: ArtifactKind): BackendId {
  const [first] = readersOfKind(kind)
  if (first === undefined) throw new Error(`No backend reads ${artifactKinds[kind].label}.`)
  return first
}

/** The backend whose worker reads images, finds weights and exports for a model. */
export function exporterOf({ source }: Pick<ModelManifest, 'source'>): BackendId {
  return backendsWhere((row) => row.exports.includes(source.library))[0] ?? 'torch-eager'
}

/** One backend that represents all of an environment. */
export function representativeOf(environment: EnvironmentName): BackendId {
  const [first] = backendsWhere((row) => row.environment === environment)
  if (first === undefined) throw new Error(`No backend runs in the environment ${environment}.`)
  return first
}

/** SPDX id of the licence that its environment asks the user to accept; null if there is none. */
export function licenceOfBackend(backend: BackendId): string | null {
  const { environment } = backendRows[backend]
  return environment === null ? null : environments[environment].licence
}

function eachBackend<Value>(read: (row: BackendRow) => Value): Readonly<Record<BackendId, Value>> {
  return Object.fromEntries(backendIds.map((id) => [id, read(backendRows[id])])) as Record<BackendId, Value>
}

export const backendCardSchema = z.object({
  name: z.string(),
  uuid: z.string().nullable(),
  /** One sentence; null if it can run on this card. */
  refusal: z.string().nullable(),
})

export const backendStatusSchema = z.object({
  id: backendIdSchema,
  /** Where its worker runs. `built-in` needs nothing installed. */
  runsIn: z.enum(['python', 'built-in']),
  available: z.boolean(),
  /** Why not, one sentence; null when available. */
  reason: z.string().nullable(),
  /** The remedy; null when available. */
  remedy: z.string().nullable(),
  /** Version of the library as loaded; null when not loaded. */
  version: z.string().nullable(),
  /** Precisions it can claim on this machine, on any of its devices and cards. */
  precisions: z.array(precisionSchema),
  devices: z.array(z.string()),
  /**
   * NVIDIA's cards in CUDA's order, each with why this backend cannot run on it. Absent if there is no card, or if it
   * uses none.
   */
  cards: z.array(backendCardSchema).optional(),
  /** How to add a device that is not among these, by device: `pip install …`. Absent if no way is known. */
  deviceRemedies: z.record(z.string(), z.string()).optional(),
  /** SPDX id if installing it needs the user's consent (Ultralytics: AGPL-3.0); null otherwise. */
  licence: z.string().nullable(),
  /** JSON Schema of its options, which the form is generated from; null if it has none. */
  optionsSchema: z.record(z.string(), z.unknown()).nullable(),
  /**
   * Whether it can build its own kind of artifact here, which may need less than running one (e.g. no GPU).
   * Null if it builds nothing; absent if an older worker does not report it.
   */
  builder: z
    .object({
      available: z.boolean(),
      reason: z.string().nullable(),
      remedy: z.string().nullable(),
      /** The actual builder: `TensorRT 11.4.0.106`. Null when not loaded. */
      library: z.string().nullable(),
      precisions: z.array(precisionSchema),
    })
    .nullable()
    .optional(),
})
export type BackendStatus = z.infer<typeof backendStatusSchema>
