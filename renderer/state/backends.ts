// Every backend and what it says of itself on this machine.
import { useMutation, useQuery } from '@tanstack/react-query'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

const key = ['backends']

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
