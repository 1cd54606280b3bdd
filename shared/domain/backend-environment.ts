// Which Python environment a backend's worker runs in, and what its packages ask of the user. An engine whose packages
// or licence must stay apart has an environment of its own.
import type { BackendId } from './backend.ts'

export const environmentOfBackend = {
  'torch-eager': 'main',
  'torch-compile': 'main',
  'torch-cudagraph': 'main',
  onnxruntime: 'main',
  'torch-tensorrt': 'main',
  tensorrt: 'tensorrt',
  'tensorrt-rtx': 'tensorrt-rtx',
  openvino: 'openvino',
  ultralytics: 'yolo',
  /** Built in: no Python. */
  'onnxruntime-node': null,
  simulated: null,
} as const satisfies Readonly<Record<BackendId, string | null>>

type Environment = NonNullable<(typeof environmentOfBackend)[BackendId]>

/** A backend of each environment that stands for all of it. */
export const representativeBackends = {
  main: 'torch-eager',
  yolo: 'ultralytics',
  tensorrt: 'tensorrt',
  'tensorrt-rtx': 'tensorrt-rtx',
  openvino: 'openvino',
} as const satisfies Readonly<Record<Environment, BackendId>>

/** SPDX id of the licence that must be accepted before anything is fetched; null where none must. */
export const licenceOfEnvironment: Readonly<Record<Environment, string | null>> = {
  main: null,
  yolo: 'AGPL-3.0',
  tensorrt: 'LicenseRef-NVIDIA-TensorRT',
  'tensorrt-rtx': 'LicenseRef-NVIDIA-TensorRT-RTX',
  openvino: null,
}

/** Where each licence is to be read in full. */
export const licenceAddresses: Readonly<Record<string, string>> = {
  'AGPL-3.0': 'https://www.gnu.org/licenses/agpl-3.0.html',
  'LicenseRef-NVIDIA-TensorRT': 'https://docs.nvidia.com/deeplearning/tensorrt/latest/reference/sla.html',
  'LicenseRef-NVIDIA-TensorRT-RTX': 'https://docs.nvidia.com/deeplearning/tensorrt-rtx/latest/reference/sla.html',
}

export function licenceOfBackend(backend: BackendId): string | null {
  const environment = environmentOfBackend[backend]
  return environment === null ? null : licenceOfEnvironment[environment]
}
