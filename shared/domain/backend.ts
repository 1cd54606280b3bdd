// The backends that can be asked for, one row each, and what each reports of itself on this machine. A backend that cannot
// run is listed with its reason and remedy: greyed, never hidden.
import { z } from 'zod'
import { type ArtifactKind, artifactKindOf, artifactKinds, type ConversionTarget } from './artifact-kind.ts'
import type { ModelManifest } from './model.ts'
import { type Precision, precisionSchema } from './precision.ts'
import { type EnvironmentName, environments } from './python-environment.ts'

type ModelLibrary = ModelManifest['source']['library']

export interface BackendRow {
  readonly label: string
  /** The Python environment of its worker; null where it is built in and needs no Python. */
  readonly environment: EnvironmentName | null
  /** The same on every screen, chart and report; at least 3 : 1 on its own ground. */
  readonly colour: { readonly dark: string; readonly light: string }
  /** Outline of its marks. */
  readonly marker: 'solid' | 'dashed'
  /**
   * What it runs where a candidate names no artifact: the PyTorch module, Ultralytics' own module, the ONNX file that the
   * run finds or exports, only an engine that was built for it, or nothing at all.
   */
  readonly runs: 'module' | 'ultralytics-module' | 'onnx' | 'engine' | 'nothing'
  /** Kinds of artifact that a candidate may name for it. */
  readonly reads: readonly ArtifactKind[]
  /** Kind that it builds; null where it builds none. */
  readonly builds: ArtifactKind | null
  /** When its engine is built: from a file, the same build in every launch; or at each load. Null without an engine. */
  readonly engineBuild: 'from-file' | 'at-load' | null
  /** What it may claim on some machine; its status says what it can claim on this one. */
  readonly precisions: readonly Precision[]
  readonly devices: readonly ('cpu' | 'cuda')[]
  /** Model libraries whose images, weights and exports its worker handles. */
  readonly exports: readonly ModelLibrary[]
  /** PyTorch itself, against which engines are measured. */
  readonly isPytorch: boolean
  /** Place among the baselines, the first preferred; null where it is a baseline only for want of another. */
  readonly baselineRank: number | null
  /** Compared when nothing was chosen: it starts in seconds and needs nothing converted first. */
  readonly isDefault: boolean
  /** What a person should know of it when it is ready; null where its devices say enough. */
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
  exports: [],
  isPytorch: true,
  baselineRank: null,
  isDefault: false,
  note: null,
} as const

const engine = {
  marker: 'solid',
  engineBuild: null,
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
    exports: ['transformers', 'own', 'file'],
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
    precisions: ['fp32', 'tf32', 'fp16', 'bf16', 'int8'],
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
    precisions: ['tf32', 'fp16', 'bf16', 'int8'],
    devices: ['cuda'],
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

/** In the order in which they are listed. */
export const backendIds = Object.keys(rows) as readonly BackendId[]
export const backendIdSchema = z.enum(backendIds)

export function backendsWhere(holds: (row: BackendRow) => boolean): readonly BackendId[] {
  return backendIds.filter((id) => holds(backendRows[id]))
}

/** What a person reads: `PyTorch eager`. */
export const backendLabels: Readonly<Record<BackendId, string>> = eachBackend(({ label }) => label)

export const defaultBackends: ReadonlySet<BackendId> = new Set(backendsWhere(({ isDefault }) => isDefault))

export const pythonBackends = backendsWhere(({ environment }) => environment !== null)

/** The backend that builds what a target asks for; null for what ends with the ONNX steps. */
export function builderOf(target: ConversionTarget): BackendId | null {
  return backendsWhere(({ builds }) => builds === artifactKindOf(target))[0] ?? null
}

export function readersOfKind(kind: ArtifactKind): readonly BackendId[] {
  return backendsWhere(({ reads }) => reads.includes(kind))
}

/** The backend that gives a kind its colour, and that a choice of its best precision is measured on. */
export function mainReaderOf(kind: ArtifactKind): BackendId {
  const [first] = readersOfKind(kind)
  if (first === undefined) throw new Error(`No backend reads ${artifactKinds[kind].label}.`)
  return first
}

/** The backend whose worker reads images, finds weights and exports for a model. */
export function exporterOf({ source }: Pick<ModelManifest, 'source'>): BackendId {
  return backendsWhere((row) => row.exports.includes(source.library))[0] ?? 'torch-eager'
}

/** A backend of an environment that stands for all of it. */
export function representativeOf(environment: EnvironmentName): BackendId {
  const [first] = backendsWhere((row) => row.environment === environment)
  if (first === undefined) throw new Error(`No backend runs in the environment ${environment}.`)
  return first
}

/** SPDX id of the licence that its environment asks the user to accept; null where it asks for none. */
export function licenceOfBackend(backend: BackendId): string | null {
  const { environment } = backendRows[backend]
  return environment === null ? null : environments[environment].licence
}

function eachBackend<Value>(read: (row: BackendRow) => Value): Readonly<Record<BackendId, Value>> {
  return Object.fromEntries(backendIds.map((id) => [id, read(backendRows[id])])) as Record<BackendId, Value>
}

export const backendStatusSchema = z.object({
  id: backendIdSchema,
  /** Where its worker runs. `built-in` needs nothing installed. */
  runsIn: z.enum(['python', 'built-in']),
  available: z.boolean(),
  /** Why not, one sentence; null when available. */
  reason: z.string().nullable(),
  /** The one thing that helps; null when available. */
  remedy: z.string().nullable(),
  /** Version of the library as loaded; null when not loaded. */
  version: z.string().nullable(),
  /** What it can claim on this machine, per device. */
  precisions: z.array(precisionSchema),
  devices: z.array(z.string()),
  /** What would bring a device that is not among these, by device: `pip install …`. Absent where nothing is known. */
  deviceRemedies: z.record(z.string(), z.string()).optional(),
  /** SPDX id where installing it needs the user's consent (Ultralytics: AGPL-3.0); null otherwise. */
  licence: z.string().nullable(),
  /** JSON Schema of its options, from which the form is drawn; null when it has none. */
  optionsSchema: z.record(z.string(), z.unknown()).nullable(),
  /**
   * Whether it can build its own kind of artifact here, which may need less than running one (no GPU, say).
   * Null where it builds nothing; absent where an older worker does not say.
   */
  builder: z
    .object({
      available: z.boolean(),
      reason: z.string().nullable(),
      remedy: z.string().nullable(),
      /** What really builds: `TensorRT 11.4.0.106`. Null when not loaded. */
      library: z.string().nullable(),
      precisions: z.array(precisionSchema),
    })
    .nullable()
    .optional(),
})
export type BackendStatus = z.infer<typeof backendStatusSchema>
