// What this application and this machine are; neither changes while the window is open.
import { useQuery } from '@tanstack/react-query'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

const description = { queryKey: ['app'], queryFn: () => request('app:describe', {}) }

export function useAppDescription() {
  return useQuery(description)
}

/** The same, for what happens outside a view. */
export function readAppDescription() {
  return queryClient.ensureQueryData(description)
}

export function useMachine() {
  return useQuery({ queryKey: ['machine'], queryFn: () => request('machine:describe', {}) })
}
