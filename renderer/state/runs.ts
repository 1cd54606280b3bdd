// Runs on disk: the list, a record, raw samples, and a run's report.
import { useMutation, useQueries, useQuery } from '@tanstack/react-query'
import type { ReportFormat } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'
import { queryClient } from './query-client.ts'

/** Runs on disk: the list, one run's record, one case's raw samples. */
export function useRuns() {
  return useQuery({ queryKey: ['runs'], queryFn: () => request('run:list', {}) })
}

export function useRunRecord(runId: string | null) {
  return useQuery({
    queryKey: ['run', runId],
    queryFn: () => request('run:open', { runId: runId ?? '' }),
    enabled: runId !== null,
  })
}

/** Several runs at once, in the order asked for: one that cannot be read does not keep the others from being shown. */
export function useRunRecords(runIds: readonly string[]) {
  return useQueries({
    queries: runIds.map((runId) => ({ queryKey: ['run', runId], queryFn: () => request('run:open', { runId }) })),
  })
}

/** More cases than this are neither drawn nor held at once: samples of the others are loaded when one is chosen. */
export const mostCasesLoaded = 40

function samplesQuery(runId: string, groupKey: string, caseKey: string) {
  return {
    queryKey: ['samples', runId, groupKey, caseKey],
    queryFn: () => request('run:samples', { runId, groupKey, caseKey }),
    gcTime: 60_000,
  }
}

/** Raw blocks of several cases of one group, at most `mostCasesLoaded`, in the order asked for. */
export function useSamples(runId: string, groupKey: string, caseKeys: readonly string[]) {
  return useQueries({
    queries: caseKeys.map((caseKey) => samplesQuery(runId, groupKey, caseKey)),
  })
}

/** Raw blocks of one case. */
export function useSamplesOf(runId: string, groupKey: string, caseKey: string) {
  return useQuery(samplesQuery(runId, groupKey, caseKey))
}

/** The machine during a run. */
export function useMachineLines(runId: string) {
  return useQuery({
    queryKey: ['machine-lines', runId],
    queryFn: async () => (await request('run:machine', { runId })).points,
    gcTime: 60_000,
  })
}

export function runsChanged(...runIds: readonly string[]): void {
  for (const list of ['runs', 'unreadable']) void queryClient.invalidateQueries({ queryKey: [list] })
  for (const runId of runIds) {
    for (const part of ['run', 'samples', 'machine-lines', 'report']) {
      void queryClient.invalidateQueries({ queryKey: [part, runId] })
    }
  }
}

/** Adds a run folder from elsewhere; null if the dialog was closed. */
export function useOpenFolder() {
  return useMutation({
    mutationFn: () => request('run:open-folder', {}),
    onSuccess: (opened) => opened && runsChanged(opened.runId),
  })
}

/** A run's report: a text preview, and an export that asks for a folder. */
export type PreviewFormat = Exclude<ReportFormat, 'pdf'>

export function usePreview(runId: string | null, format: PreviewFormat) {
  return useQuery({
    queryKey: ['report', runId, format],
    queryFn: () => request('report:preview', { runId: runId ?? '', format }),
    enabled: runId !== null,
  })
}

export function useExport() {
  return useMutation({
    mutationFn: (options: { readonly runId: string; readonly formats: readonly ReportFormat[] }) =>
      request('report:export', { runId: options.runId, formats: [...options.formats] }),
  })
}
