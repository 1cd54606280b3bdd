// The noise floors of this machine, and the running measurement of one, fed by `noise-floor:progressed`.
import { useMutation, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import { fewestComparisons } from '../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'
import type { NoiseFloorProgressed } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

export interface NoiseFloorWork {
  /** The preset it belongs to; null if the window was reloaded and does not know. */
  readonly preset: PresetName | null
  readonly progress: NoiseFloorProgressed | null
}

export const useNoiseFloorWork = create<NoiseFloorWork>(() => ({ preset: null, progress: null }))

export function noiseFloorProgressed(progress: NoiseFloorProgressed): void {
  useNoiseFloorWork.setState({ progress })
  if (progress.outcome) void queryClient.invalidateQueries({ queryKey: ['noise-floors'] })
}

export function isMeasuring({ progress }: NoiseFloorWork): boolean {
  return progress !== null && progress.outcome === null
}

export function useNoiseFloors() {
  return useQuery({ queryKey: ['noise-floors'], queryFn: () => request('noise-floor:list', {}) })
}

interface NoiseFloorChoice {
  readonly preset: PresetName
  readonly device: Plan['device']
}

export function useMeasureNoiseFloor() {
  return useMutation({
    mutationFn: (choice: NoiseFloorChoice) => {
      useNoiseFloorWork.setState({ preset: choice.preset, progress: null })
      return request('noise-floor:measure', { ...choice, comparisons: fewestComparisons })
    },
  })
}

export function useCancelNoiseFloor() {
  return useMutation({ mutationFn: () => request('noise-floor:cancel', {}) })
}
