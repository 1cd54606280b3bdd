// The published JSON Schemas (2020-12): of run.json and benchmark_results.json, of sweep.json, of analyzer.json and of
// the resulting summary.json. The record names listed are fixed; new ones may be added without a new schema version, so
// readers must ignore unknown names. analyzer.json is strict: an unknown name is an error.
import { z } from 'zod'
import { analyzerSchema } from '../domain/analyzer.ts'
import { runRecordSchema } from '../domain/run.ts'
import { sweepRecordSchema } from '../domain/sweep.ts'
import { videoRecordSchema } from '../domain/video-record.ts'
import { exportedRecordSchema } from './formats/json.ts'

export function publishedSchemas(): Readonly<
  Record<'run-record' | 'benchmark_results' | 'sweep-record' | 'analyzer' | 'video-summary', object>
> {
  return {
    'run-record': titled(runRecordSchema, 'Enginebench run record (run.json)'),
    benchmark_results: titled(exportedRecordSchema, 'Enginebench exported results (benchmark_results.json)'),
    'sweep-record': titled(sweepRecordSchema, 'Enginebench sweep record (sweep.json)'),
    analyzer: titled(analyzerSchema, 'Enginebench analyzer (analyzer.json)'),
    'video-summary': titled(videoRecordSchema, 'Enginebench analysis of videos (summary.json)'),
  }
}

function titled(schema: z.ZodType, title: string): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return { $schema, title, ...rest }
}
