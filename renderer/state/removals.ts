// What no list can show, removing something into the trash folder, and bringing the last of it back.
import { useMutation, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { UnreadableKind } from '../../shared/domain/unreadable-entry.ts'
import type { Removal } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

/** Of these kinds. */
export function useUnreadable(...kinds: readonly UnreadableKind[]) {
  return useQuery({
    queryKey: ['unreadable'],
    queryFn: () => request('unreadable:list', {}),
    select: (entries) => entries.filter(({ kind }) => kinds.includes(kind)),
  })
}

/** The last removal; the window offers to undo only that one. */
interface Removed {
  /** As the user knows it. */
  readonly name: string
  readonly removal: Removal
}

export const useRemoved = create<{ readonly removed: Removed | null }>(() => ({ removed: null }))

function remember(removed: Removed | null): void {
  useRemoved.setState({ removed })
  for (const list of ['runs', 'unreadable', 'artifacts', 'conversions', 'noise-floors']) {
    void queryClient.invalidateQueries({ queryKey: [list] })
  }
}

export interface RemovedRun {
  readonly runId: string
  readonly name: string
}

export function useRemoveRun() {
  return useMutation({
    mutationFn: ({ runId }: RemovedRun) => request('run:remove', { runId }),
    onSuccess: (removal, { name }) => remember({ name, removal }),
  })
}

export function useRemoveUnreadable() {
  return useMutation({
    mutationFn: (path: string) => request('unreadable:remove', { path }),
    onSuccess: (removal, path) => remember({ name: path, removal }),
  })
}

export function useUndoRemoval() {
  return useMutation({
    mutationFn: (removal: Removal) => request('removal:undo', removal),
    onSuccess: () => remember(null),
  })
}
