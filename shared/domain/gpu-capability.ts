// What an NVIDIA GPU can do, by its compute capability, and which libraries have code for it: the only place that knows
// it. The worker's copy, enginebench_worker/wire/gpu_rows.py, is generated. A capability reads `8.6`; spans are NVIDIA's
// support matrices, and for TensorRT-RTX the header of its plugin, which a test compares.
import type { Gpu } from './fingerprint.ts'
import { boardCapabilities } from './jetson.ts'
import type { Precision } from './precision.ts'

/** `since` and everything newer, and each of `exactly`; boards only if `onBoards` is not false. */
export interface GpuSpan {
  readonly exactly: readonly string[]
  readonly since: string
  readonly onBoards?: boolean
}

const since = (capability: string): GpuSpan => ({ exactly: [], since: capability })
/** Jetson and DRIVE boards left out. */
const cardsSince = (capability: string): GpuSpan => ({ ...since(capability), onBoards: false })

/**
 * Arithmetic that some GPUs do not have, and compatibility that an engine can be built with. FP32 needs no row: every
 * GPU has it. INT8 counts from the first dot product of four bytes, which 6.2 lacks.
 */
export const gpuFeatures = {
  tf32: { label: 'TF32', gpus: since('8.0') },
  fp16: { label: 'FP16', gpus: since('5.3') },
  bf16: { label: 'BF16', gpus: since('8.0') },
  fp8: { label: 'FP8', gpus: since('8.9') },
  int8: { label: 'INT8', gpus: { exactly: ['6.1'], since: '7.0' } },
  'int4-weights': { label: 'INT4 weights', gpus: since('8.0') },
  'ampere-plus': { label: 'an engine for every GPU since Ampere', gpus: cardsSince('8.0') },
  'same-compute-capability': { label: 'an engine for every GPU of one compute capability', gpus: cardsSince('7.5') },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly gpus: GpuSpan }>>
export type GpuFeature = keyof typeof gpuFeatures

/** What a hardware-compatible engine of TensorRT can run on: features that the card which builds it must have. */
export const hardwareLevels = ['ampere-plus', 'same-compute-capability'] as const satisfies readonly GpuFeature[]
export type HardwareLevel = (typeof hardwareLevels)[number]

/** What a major version of CUDA needs, whichever library is built with it. */
export const cudaReleases = {
  12: { gpus: since('5.0'), oldestDriver: 525 },
  13: { gpus: since('7.5'), oldestDriver: 580 },
} as const satisfies Readonly<Record<number, { readonly gpus: GpuSpan; readonly oldestDriver: number }>>
export type CudaMajor = keyof typeof cudaReleases

/**
 * Libraries whose GPUs do not follow from their CUDA version alone. TensorRT 10.5 and newer have no code for Volta,
 * for CUDA 12 either.
 */
export const gpuLibraries = {
  tensorrt: { label: 'TensorRT', gpus: since('7.5'), instead: 'Use PyTorch or ONNX Runtime, or another GPU.' },
  'tensorrt-rtx': {
    label: 'TensorRT-RTX',
    gpus: { exactly: ['8.6', '8.9'], since: '12.0' },
    instead: 'Use TensorRT or PyTorch on this GPU.',
  },
  'torch-tensorrt': { label: 'Torch-TensorRT', gpus: since('7.5'), instead: 'Use PyTorch, or another GPU.' },
  'onnxruntime-tensorrt': {
    label: 'ONNX Runtime TensorRT',
    gpus: since('7.5'),
    instead: 'Use PyTorch or ONNX Runtime, or another GPU.',
  },
} as const satisfies Readonly<
  Record<string, { readonly label: string; readonly gpus: GpuSpan; readonly instead: string }>
>
export type GpuLibrary = keyof typeof gpuLibraries

/** The libraries have the ids of the backends that run them. */
export function isGpuLibrary(name: string): name is GpuLibrary {
  return name in gpuLibraries
}

/**
 * GPUs that are part of a Jetson or DRIVE board. Their TensorRT comes with JetPack: NVIDIA's wheels have no code for
 * them. Jetson Thor (11.0) takes the wheels for Arm servers.
 */
export const jetpackCapabilities: readonly string[] = ['5.3', '6.2', '7.2', '8.7']

/** Whether a GPU of that capability is in the span. */
export function isInSpan(capability: string, { exactly, since: oldest, onBoards = true }: GpuSpan): boolean {
  if (!onBoards && boardCapabilities.includes(capability)) return false
  return exactly.includes(capability) || isAtLeast(capability, oldest)
}

function isAtLeast(capability: string, oldest: string): boolean {
  const [major, minor] = numbersOf(capability)
  const [oldestMajor, oldestMinor] = numbersOf(oldest)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

export function numbersOf(capability: string): readonly [number, number] {
  const [major = 0, minor = 0] = capability.split('.').map(Number)
  return [major, minor]
}

/** `7.5 or newer`; `8.6, 8.9, or 12.0 or newer`. */
export function spanWords({ exactly, since: oldest }: GpuSpan): string {
  return [...exactly, `${exactly.length > 0 ? 'or ' : ''}${oldest} or newer`].join(', ')
}

/** Why a card cannot serve a library, in its own name; null if it can, or does not report its capability. */
export function libraryRefusal(
  { name, computeCapability }: Pick<Gpu, 'name' | 'computeCapability'>,
  library: GpuLibrary,
): { readonly message: string; readonly remedy: string } | null {
  const { label, gpus, instead } = gpuLibraries[library]
  if (!computeCapability || isInSpan(computeCapability, gpus)) return null
  return {
    message: `${name} has compute capability ${computeCapability}; ${label} needs ${spanWords(gpus)}.`,
    remedy: instead,
  }
}

/** Why NVIDIA's wheels of a library cannot serve a card; null if they can, or if it does not report its capability. */
export function wheelRefusal(
  gpu: Pick<Gpu, 'name' | 'computeCapability'>,
  library: GpuLibrary,
): { readonly message: string; readonly remedy: string } | null {
  const unfit = libraryRefusal(gpu, library)
  if (unfit !== null || !jetpackCapabilities.includes(gpu.computeCapability ?? '')) return unfit
  const { label } = gpuLibraries[library]
  return {
    message: `${gpu.name} is part of a Jetson board: its ${label} comes with JetPack, and NVIDIA's wheels have no code for it.`,
    remedy: `Use the Python of a ${label} that NVIDIA supports on the board, with TensorRT 10.14 or newer, which JetPack has from 7.2.2 on: setup python --environment ${library} --use INTERPRETER.`,
  }
}

/** Why a card lacks a feature, in its own name; null if it has it, or does not report its capability. */
export function featureRefusal(
  { name, computeCapability }: Pick<Gpu, 'name' | 'computeCapability'>,
  feature: GpuFeature,
): string | null {
  const { label, gpus }: { readonly label: string; readonly gpus: GpuSpan } = gpuFeatures[feature]
  if (!computeCapability || isInSpan(computeCapability, gpus)) return null
  if (gpus.onBoards === false && boardCapabilities.includes(computeCapability)) {
    return `${name} is part of a Jetson or DRIVE board, where NVIDIA does not support ${label}.`
  }
  return `${name} has compute capability ${computeCapability}; ${label} needs ${spanWords(gpus)}.`
}

/** Why a card cannot compute in a precision, in its own name; null if it can, or does not report its capability. */
export function precisionRefusal(card: Pick<Gpu, 'name' | 'computeCapability'>, precision: Precision): string | null {
  return precision === 'fp32' ? null : featureRefusal(card, precision)
}
