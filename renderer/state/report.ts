// A run's report: a preview as text, and the export that asks for a folder.
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReportFormat } from '../../shared/ipc/contract.ts'
import { request } from '../api.ts'

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
