// Conversions: the queue with its records, the progress of running ones, and the open log. Progress changes ten times
// per second, so it has its own store that only the views of that conversion read.
import { useMutation, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import type {
  BuildPhase,
  ConversionEvent,
  ConversionRecord,
  ConversionStepName,
  LogEntry,
} from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { request } from '../api.ts'
import { artifactMade } from './artifacts.ts'
import { queryClient } from './query-client.ts'

const key = ['conversions']

/** Requested conversions: the queue with its records, and the actions on one. */
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

/** Removes an ended one from the list; its artifacts stay. */
export function useDismissConversion() {
  return useMutation({
    mutationFn: (conversionId: string) => request('conversion:dismiss', { conversionId }),
    onSuccess: conversionsChanged,
  })
}

/**
 * Progress of each running conversion: its step, the builder's nested phases, and its last line. Changes at most once
 * per message, ten times per second; read it by conversion so that only the views of that conversion are rendered
 * again.
 */
interface ConversionProgress {
  readonly step: ConversionStepName | null
  /** 0..1 of the step; null if unknown. */
  readonly fraction: number | null
  readonly text: string
  readonly phases: readonly BuildPhase[]
  /** Time in the current step. */
  readonly elapsedMs: number
  readonly lastLine: string | null
}

const nothingYet: ConversionProgress = {
  step: null,
  fraction: null,
  text: '',
  phases: [],
  elapsedMs: 0,
  lastLine: null,
}

type ByConversion = Readonly<Record<string, ConversionProgress>>

export const useConversionProgress = create<{ readonly byId: ByConversion }>(() => ({ byId: {} }))

export function useProgressOf(conversionId: string): ConversionProgress {
  return useConversionProgress(({ byId }) => byId[conversionId] ?? nothingYet)
}

/** Applies a whole message as one change. */
export function stepProgressed(events: readonly ConversionEvent[]): void {
  const changed: Record<string, ConversionProgress> = {}
  const known = useConversionProgress.getState().byId
  for (const event of events) {
    if (event.kind !== 'step-progressed' && event.kind !== 'logged') continue
    const { conversionId } = event
    const before = changed[conversionId] ?? known[conversionId] ?? nothingYet
    if (event.kind === 'logged') {
      const last = event.entries.at(-1)
      if (last) changed[conversionId] = { ...before, lastLine: last.text }
      continue
    }
    const { step, fraction, text, phases, elapsedMs } = event
    changed[conversionId] = { step, fraction, text, phases, elapsedMs, lastLine: before.lastLine }
  }
  if (Object.keys(changed).length > 0) useConversionProgress.setState({ byId: { ...known, ...changed } })
}

export function conversionEnded(conversionId: string): void {
  useConversionProgress.setState(({ byId }) => {
    const { [conversionId]: _ended, ...rest } = byId
    return { byId: rest }
  })
}

const keptEntries = 5_000

/**
 * The open log, if any: that of a conversion's step, which grows while it runs, or an artifact's stored log. Lines of
 * other logs are not collected here; the application keeps them all.
 */
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

/** Adds only to the open log. */
function stepLogged(conversionId: string, step: ConversionStepName, entries: readonly LogEntry[]): void {
  const { log } = useOpenLog.getState()
  if (log?.kind !== 'step' || log.conversionId !== conversionId || log.step !== step) return
  queryClient.setQueryData<{ readonly entries: readonly LogEntry[] }>(logKey(conversionId, step), (known) =>
    known ? { entries: [...known.entries, ...entries].slice(-keptEntries) } : known,
  )
}
