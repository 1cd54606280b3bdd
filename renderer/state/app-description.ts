// What this application and this machine are; neither changes while the window is open.
import { useQuery } from '@tanstack/react-query'
import { request } from '../api.ts'

export function useAppDescription() {
  return useQuery({ queryKey: ['app'], queryFn: () => request('app:describe', {}) })
}

export function useMachine() {
  return useQuery({ queryKey: ['machine'], queryFn: () => request('machine:describe', {}) })
}
