// Which environment a backend lives in. An engine whose packages or licence must stay apart has one of its own.
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import type { EnvironmentName, PythonEnvironment } from '../../../shared/ipc/contract.ts'

export type EngineEnvironment = Exclude<EnvironmentName, 'main' | 'yolo'>

/** Null for what is built in, and for what no environment made here brings. */
export const environmentOf: Readonly<Record<BackendId, EnvironmentName | null>> = {
  'torch-eager': 'main',
  'torch-compile': 'main',
  'torch-cudagraph': 'main',
  onnxruntime: 'main',
  'onnxruntime-node': null,
  'torch-tensorrt': null,
  tensorrt: 'tensorrt',
  'tensorrt-rtx': 'tensorrt-rtx',
  openvino: 'openvino',
  ultralytics: 'yolo',
  simulated: null,
}

export function engineEnvironmentOf(backend: BackendId): EngineEnvironment | null {
  const name = environmentOf[backend]
  return name === 'tensorrt' || name === 'tensorrt-rtx' || name === 'openvino' ? name : null
}

export function needsInstalling(backend: BackendStatus, environments: readonly PythonEnvironment[]): boolean {
  const name = engineEnvironmentOf(backend.id)
  const state = environments.find((each) => each.name === name)?.state
  return name !== null && (state === 'absent' || state === 'broken')
}
