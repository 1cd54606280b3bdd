// benchmark_results.json: the whole record except the samples, and where to find those. Published as JSON Schema.
import { z } from 'zod'
import { runRecordSchema } from '../../domain/run.ts'
import { visibleText } from '../../domain/visible-text.ts'
import type { ReportFormatDefinition } from './report-format.ts'

export const exportedRecordSchema = runRecordSchema.extend({
  samples: z.object({
    /** Absolute folder of the run on the machine that measured it. */
    runFolder: z.string(),
    /** One line per block, relative to the run's folder; cases that are absent were never measured. */
    files: z.array(z.object({ groupKey: z.string(), caseKey: z.string(), file: z.string() })),
  }),
})
export type ExportedRecord = z.infer<typeof exportedRecordSchema>

export const jsonFormat: ReportFormatDefinition = {
  fileName: 'benchmark_results.json',
  render: ({ record, runFolder }) => {
    const files = record.groups.flatMap(({ groupKey, cases }) =>
      cases
        .filter(({ sampleCount, leadSampleCount }) => sampleCount + leadSampleCount > 0)
        .map(({ caseKey }) => ({ groupKey, caseKey, file: `samples/${groupKey}/${caseKey}.ndjson` })),
    )
    const exported: ExportedRecord = { ...record, samples: { runFolder, files } }
    return `${visibleText(JSON.stringify(exported, null, 2))}\n`
  },
}
