// The Python environments, one row each. `main` holds PyTorch, ONNX Runtime and the conversion tools; every other holds
// one engine whose packages or licence must stay separate. Which backends run in one is in their rows (backend.ts).
import { z } from 'zod'

export interface EnvironmentRow {
  /** Display name: the libraries that it is made for. */
  readonly title: string
  /** What installing it provides; null if it comes with the app's set-up. */
  readonly offer: string | null
  /** SPDX id of the licence that must be accepted before anything is downloaded; null if there is none. */
  readonly licence: string | null
  /** Requirement files installed together with torch, from torch's source. */
  readonly compiledForTorch: readonly string[]
  /** The TensorRT installed after them: the user's choice, or one exact version; null if there is none. */
  readonly tensorrt: TensorrtChoice | 'chosen' | null
  /** Requirement files with hashes. `CUDA` in a name is replaced by the CUDA version of the chosen TensorRT. */
  readonly hashed: readonly string[]
  /** Oldest minor version of Python 3 for which its packages have builds. */
  readonly oldestPythonMinor: number
  readonly minimumFreeGib: number
  /** Space for what is downloaded before it is unpacked, in the temporary folder. */
  readonly temporaryGib: number
  /** Capabilities by id, each with distributions; any one of them proves it. */
  readonly extras: Readonly<Record<string, readonly string[]>>
}

const rows = {
  main: {
    title: 'PyTorch and ONNX Runtime',
    offer: null,
    licence: null,
    compiledForTorch: ['torchvision.txt'],
    tensorrt: null,
    hashed: ['main.txt'],
    oldestPythonMinor: 10,
    minimumFreeGib: 3,
    temporaryGib: 1,
    extras: { torch: ['torch'], onnx: ['onnxruntime', 'onnxruntime-gpu'] },
  },
  yolo: {
    title: 'Ultralytics',
    offer: null,
    licence: 'AGPL-3.0',
    compiledForTorch: ['torchvision.txt'],
    tensorrt: null,
    hashed: ['yolo.txt'],
    oldestPythonMinor: 10,
    minimumFreeGib: 3,
    temporaryGib: 1,
    extras: { yolo: ['ultralytics'] },
  },
  tensorrt: {
    title: 'TensorRT',
    offer:
      "NVIDIA's TensorRT in one exact version, in a separate environment from PyTorch. Building and running engines need an NVIDIA GPU.",
    licence: 'LicenseRef-NVIDIA-TensorRT',
    compiledForTorch: [],
    tensorrt: 'chosen',
    hashed: ['tensorrt-CUDA.txt'],
    oldestPythonMinor: 10,
    minimumFreeGib: 8,
    temporaryGib: 4,
    extras: { tensorrt: ['tensorrt-cu12-bindings', 'tensorrt-cu13-bindings'] },
  },
  'tensorrt-rtx': {
    title: 'TensorRT-RTX',
    offer: "NVIDIA's TensorRT-RTX through ONNX Runtime, for GeForce and RTX GPUs of the 30 series or newer.",
    licence: 'LicenseRef-NVIDIA-TensorRT-RTX',
    compiledForTorch: [],
    tensorrt: null,
    hashed: ['tensorrt-rtx.txt'],
    oldestPythonMinor: 11,
    minimumFreeGib: 3,
    temporaryGib: 1,
    extras: { 'tensorrt-rtx': ['onnxruntime-ep-nv-tensorrt-rtx-cu13'] },
  },
  'onnxruntime-tensorrt': {
    title: 'ONNX Runtime with TensorRT',
    offer:
      "ONNX Runtime's package for GPUs, its CUDA libraries and the TensorRT that it is linked to. It needs an NVIDIA GPU.",
    licence: 'LicenseRef-NVIDIA-TensorRT',
    compiledForTorch: [],
    // The newest of TensorRT 10, which the package is linked to; 10.14.1 was reported wrong in FP32 on a detector.
    tensorrt: { version: '10.16.1.11', cuda: 'cu13' },
    hashed: ['onnxruntime-tensorrt.txt'],
    oldestPythonMinor: 11,
    minimumFreeGib: 12,
    temporaryGib: 4,
    extras: {},
  },
  openvino: {
    title: 'OpenVINO',
    offer: 'OpenVINO and its quantizer, a fast engine for this processor. It needs no GPU.',
    licence: null,
    compiledForTorch: [],
    tensorrt: null,
    hashed: ['openvino.txt'],
    oldestPythonMinor: 10,
    minimumFreeGib: 1,
    temporaryGib: 0.5,
    extras: { openvino: ['openvino'] },
  },
} as const satisfies Readonly<Record<string, EnvironmentRow>>

export type EnvironmentName = keyof typeof rows
type KeysOf<Row> = Row extends unknown ? keyof Row : never
export type PythonExtra = KeysOf<(typeof rows)[EnvironmentName]['extras']>

export const environments: Readonly<Record<EnvironmentName, EnvironmentRow>> = rows

export const environmentNames = Object.keys(rows) as readonly EnvironmentName[]
export const environmentNameSchema = z.enum(environmentNames)

const provingDistributions = environmentNames.flatMap((name) => Object.entries(environments[name].extras))
export const pythonExtraSchema = z.enum(provingDistributions.map(([extra]) => extra as PythonExtra))

/** The extras that these installed distributions prove. */
export function provenExtras(isInstalled: (distribution: string) => boolean): PythonExtra[] {
  return provingDistributions.flatMap(([extra, names]) => (names.some(isInstalled) ? [extra as PythonExtra] : []))
}

const tensorrtRelease = /^(10\.(1[4-9]|[2-9]\d)|11\.\d{1,2})\.\d+\.\d+(\.post\d+)?$/

/** Any release of TensorRT 10.14 or newer, or of 11: what each can do is read from the library. */
export const tensorrtVersionSchema = z
  .string()
  .regex(tensorrtRelease, 'Name a release of TensorRT 10.14 or newer, or of 11, e.g. 11.4.0.106.')

/** Offered in the form, the default last. 10.14.1 is not: it was reported wrong in FP32 on a detector. */
export const offeredTensorrtVersions = ['10.16.1.11', '11.4.0.106'] as const
export const defaultTensorrtVersion = offeredTensorrtVersions[1]

/** Newest minor version of Python 3 that a release of TensorRT has wheels for: 3.14 since 11.1. */
export function newestPythonMinorOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 11 || (major === 11 && minor >= 1) ? 14 : 13
}

/** The exact TensorRT version pinned in its environment, and the CUDA major version it is built for. */
export const tensorrtChoiceSchema = z.object({
  version: tensorrtVersionSchema,
  cuda: z.enum(['cu12', 'cu13']),
})
export type TensorrtChoice = z.infer<typeof tensorrtChoiceSchema>

/** Where each licence can be read in full, by its SPDX id. */
export const licenceAddresses: Readonly<Record<string, string>> = {
  'AGPL-3.0': 'https://www.gnu.org/licenses/agpl-3.0.html',
  'LicenseRef-NVIDIA-TensorRT': 'https://docs.nvidia.com/deeplearning/tensorrt/latest/reference/sla.html',
  'LicenseRef-NVIDIA-TensorRT-RTX': 'https://docs.nvidia.com/deeplearning/tensorrt-rtx/latest/reference/sla.html',
}

/** The command that makes it, after `enginebench`. */
export function setupWords(name: EnvironmentName): string {
  const { licence } = environments[name]
  const environment = name === 'main' ? '' : ` --environment ${name}`
  return `setup python${environment}${licence === null ? '' : ` --accept-licence ${licence}`}`
}
