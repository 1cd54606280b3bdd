// Conversions asked for: the queue with its records, and what can be done with one. How far the one going on is lives
// in conversion-progress.ts, so that its ten changes a second reach nothing but what shows them.
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ConversionEvent, ConversionRecord } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { request } from '../api.ts'
import { artifactMade } from './artifacts.ts'
import { stepLogged } from './conversion-log.ts'
import { conversionEnded, stepProgressed } from './conversion-progress.ts'
import { queryClient } from './query-client.ts'

const key = ['conversions']

export function useConversions() {
  return useQuery({ queryKey: key, queryFn: () => request('conversion:list', {}) })
}

function conversionsChanged(): void {
  void queryClient.invalidateQueries({ queryKey: key })
}

export function conversionProgressed(events: readonly ConversionEvent[]): void {
  stepProgressed(events)
  for (const event of events) {
    if (event.kind === 'conversion-changed') recordChanged(event.record)
    else if (event.kind === 'artifact-made') artifactMade(event.artifact)
    else if (event.kind === 'logged') stepLogged(event.conversionId, event.step, event.entries)
  }
}

function recordChanged(record: ConversionRecord): void {
  if (record.state !== 'queued' && record.state !== 'running') conversionEnded(record.conversionId)
  queryClient.setQueryData<readonly ConversionRecord[]>(key, (known) => {
    if (!known) return known
    const at = known.findIndex(({ conversionId }) => conversionId === record.conversionId)
    return at < 0 ? [...known, record] : known.with(at, record)
  })
}

export function useStartConversion() {
  return useMutation({
    mutationFn: (recipe: Recipe) => request('conversion:start', { recipe }),
    onSuccess: conversionsChanged,
  })
}

export function useRetryConversion() {
  return useMutation({
    mutationFn: (conversionId: string) => request('conversion:retry', { conversionId }),
    onSuccess: conversionsChanged,
  })
}

export function useCancelConversion() {
  return useMutation({ mutationFn: (conversionId: string) => request('conversion:cancel', { conversionId }) })
}

/** Forgets one that has ended; its artifacts stay. */
export function useDismissConversion() {
  return useMutation({
    mutationFn: (conversionId: string) => request('conversion:dismiss', { conversionId }),
    onSuccess: conversionsChanged,
  })
}
