// Settling two cases: what it would do is asked first, and the run is started only then.
import { useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import { defaultMargin } from '../../shared/domain/plan.ts'
import type { SettledCase } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'
import { dismissLiveRun, useStartRun } from './run-live.ts'

interface SettleDraft {
  readonly left: SettledCase
  readonly right: SettledCase
  /** Names of the two, for the sentence that asks. */
  readonly names: readonly [string, string]
}

interface SettlingState {
  readonly draft: SettleDraft | null
  /** Share of 1: the smallest difference to tell. */
  readonly margin: number
}

export const useSettling = create<SettlingState>(() => ({ draft: null, margin: defaultMargin }))

export function beginSettling(draft: SettleDraft): void {
  useSettling.setState({ draft })
}

export function endSettling(): void {
  useSettling.setState({ draft: null })
}

/** What is settled now, what it would do, and its start; null if nothing is. */
export function useSettlement() {
  const { draft, margin } = useSettling()
  const proposal = useQuery({
    queryKey: ['settle', draft, margin],
    queryFn: () => {
      if (draft === null) throw new Error('Nothing is settled.')
      return request('settle:propose', { left: draft.left, right: draft.right, margin })
    },
    enabled: draft !== null,
    gcTime: 0,
  })
  const start = useStartRun()
  if (draft === null) return null
  return {
    names: draft.names,
    margin,
    proposal: proposal.data ?? null,
    error: proposal.error ?? start.error,
    isBusy: proposal.isFetching || start.isPending,
    onMargin: (changed: number) => useSettling.setState({ margin: changed }),
    onClose: endSettling,
    /** Another run that is measured now ends first. */
    start(onStarted: () => void) {
      const plan = proposal.data?.plan
      if (plan === undefined) return
      dismissLiveRun()
      start.mutate(plan, {
        onSuccess: () => {
          endSettling()
          onStarted()
        },
      })
    },
  }
}
