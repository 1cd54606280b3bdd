// The environments that backends run in, and whether a button can make a backend's.
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import { environmentOfBackend } from '../../../shared/domain/backend-environment.ts'
import type { EnvironmentName, PythonEnvironment } from '../../../shared/ipc/contract.ts'

export type EngineEnvironment = Exclude<EnvironmentName, 'main' | 'yolo'>

export function engineEnvironmentOf(backend: BackendId): EngineEnvironment | null {
  const name = environmentOfBackend[backend]
  return name === null || name === 'main' || name === 'yolo' ? null : name
}

export function needsInstalling(backend: BackendStatus, environments: readonly PythonEnvironment[]): boolean {
  const name = engineEnvironmentOf(backend.id)
  const state = environments.find((each) => each.name === name)?.state
  return name !== null && (state === 'absent' || state === 'broken')
}

/** Its backend runs in the main environment, and a button that makes that environment helps it. */
export function needsMainEnvironment(backend: BackendStatus, environments: readonly PythonEnvironment[]): boolean {
  if (backend.available || environmentOfBackend[backend.id] !== 'main') return false
  const state = environments.find(({ name }) => name === 'main')?.state
  // Making it again also repairs it, so these two offer it whatever is wrong.
  if (backend.id === 'torch-eager' || backend.id === 'onnxruntime') return true
  return state === 'absent' || state === 'broken'
}
