// The log that is open, if one is: a step's of a conversion, which grows while it runs, or an artifact's as it was kept.
// Lines of what is not open are not collected here; the application keeps them all.
import { useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type { ConversionStepName, LogEntry } from '../../shared/domain/conversion.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

const keptEntries = 5_000

export type OpenLog =
  | { readonly kind: 'step'; readonly conversionId: string; readonly step: ConversionStepName; readonly title: string }
  | { readonly kind: 'artifact'; readonly artifactKey: string; readonly title: string }

export const useOpenLog = create<{ readonly log: OpenLog | null }>(() => ({ log: null }))

export function openLog(log: OpenLog): void {
  // What was read before may have grown since.
  if (log.kind === 'step') void queryClient.resetQueries({ queryKey: logKey(log.conversionId, log.step) })
  useOpenLog.setState({ log })
}

export function closeLog(): void {
  useOpenLog.setState({ log: null })
}

function logKey(conversionId: string, step: ConversionStepName) {
  return ['conversion-log', conversionId, step]
}

export function useStepLog(conversionId: string, step: ConversionStepName) {
  return useQuery({
    queryKey: logKey(conversionId, step),
    queryFn: () => request('conversion:log', { conversionId, step }),
    gcTime: 0,
  })
}

/** Adds to the open log alone. */
export function stepLogged(conversionId: string, step: ConversionStepName, entries: readonly LogEntry[]): void {
  const { log } = useOpenLog.getState()
  if (log?.kind !== 'step' || log.conversionId !== conversionId || log.step !== step) return
  queryClient.setQueryData<{ readonly entries: readonly LogEntry[] }>(logKey(conversionId, step), (known) =>
    known ? { entries: [...known.entries, ...entries].slice(-keptEntries) } : known,
  )
}
