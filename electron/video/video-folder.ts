// What an analysis leaves beside its Parquet files: samples/<groupKey>/<caseKey>.ndjson as a run has them, report.md, and
// summary.json last.
import { join } from 'node:path'
import type { VideoRecord } from '../../shared/domain/video-record.ts'
import { videoMarkdown } from '../../shared/report/video-markdown.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { samplesFile } from '../store/run-layout.ts'
import type { AnalysisOutcome } from './analysis-outcome.ts'

export async function writeVideoFolder(
  folder: string,
  record: VideoRecord,
  outcomes: readonly AnalysisOutcome[],
): Promise<void> {
  for (const { groupKey, caseKey, blocks } of outcomes.flatMap(({ samples }) => samples)) {
    const lines = blocks.map((block) => `${JSON.stringify(block)}\n`)
    if (lines.length > 0) await writeAtomically(samplesFile(folder, groupKey, caseKey), lines.join(''))
  }
  await writeAtomically(join(folder, 'report.md'), videoMarkdown(record))
  await writeAtomically(join(folder, 'summary.json'), jsonText(record))
}
