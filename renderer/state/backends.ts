// Backends, their Python environments, and the installation of one.

import { useMutation, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { EnvironmentName, TensorrtChoice } from '../../shared/domain/python-environment.ts'
import type { PythonProgress } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

const key = ['backends']

/** Every backend and its status on this machine. */
export function useBackends() {
  return useQuery({ queryKey: key, queryFn: () => request('backends:list', { refresh: false }) })
}

export function useCheckBackendsAgain() {
  return useMutation({
    mutationFn: () => request('backends:list', { refresh: true }),
    onSuccess: (backends) => queryClient.setQueryData(key, backends),
  })
}

export function backendsChanged(): void {
  void queryClient.invalidateQueries({ queryKey: key })
}

const keptLogLines = 2_000

interface InstallationState {
  readonly progress: PythonProgress | null
  /** The installer's own lines, newest last; at most 2,000 are kept. */
  readonly log: readonly string[]
}

/** The private Python environments and the installation running in one of them, fed by `python:progressed`. */
export const useInstallation = create<InstallationState>(() => ({ progress: null, log: [] }))

export function installationProgressed(progress: PythonProgress): void {
  useInstallation.setState(({ log }) => ({
    progress,
    log: progress.line && progress.line !== log.at(-1) ? [...log, progress.line].slice(-keptLogLines) : log,
  }))
  if (progress.outcome) {
    void queryClient.invalidateQueries({ queryKey: ['python'] })
    backendsChanged()
  }
}

export function usePythonEnvironments() {
  return useQuery({ queryKey: ['python'], queryFn: () => request('python:describe', {}) })
}

/** What would be downloaded as torch, and from where; requested again for every source. */
export function useTorchOffer(torchSource: string | null, enabled: boolean) {
  return useQuery({
    queryKey: ['torch-offer', torchSource],
    queryFn: () => request('python:offer', { torchSource }),
    enabled,
  })
}

export function useLicence(backend: BackendId, enabled: boolean) {
  return useQuery({
    queryKey: ['licence', backend],
    queryFn: () => request('licence:read', { backend }),
    enabled,
  })
}

export interface InstallChoice {
  readonly environment: EnvironmentName
  /** Only for `tensorrt`. */
  readonly tensorrt?: TensorrtChoice
  readonly torchSource: string | null
  readonly acceptedLicences: readonly string[]
  readonly repair: boolean
}

export function useInstall() {
  return useMutation({
    mutationFn: (choice: InstallChoice) => {
      useInstallation.setState({ progress: null, log: [] })
      return request('python:install', { ...choice, acceptedLicences: [...choice.acceptedLicences] })
    },
  })
}

export function useCancelInstallation() {
  return useMutation({ mutationFn: () => request('python:cancel', {}) })
}

export function isInstalling(progress: PythonProgress | null): boolean {
  return progress !== null && progress.outcome === null
}
