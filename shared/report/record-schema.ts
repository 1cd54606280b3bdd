// The published JSON Schemas (2020-12): of run.json, and of benchmark_results.json. Names that they list are fixed;
// further ones may be added without a new schema version, so readers must pass over what they do not know.
import { z } from 'zod'
import { runRecordSchema } from '../domain/run.ts'
import { exportedRecordSchema } from './formats/json.ts'

export function publishedSchemas(): Readonly<Record<'run-record' | 'benchmark_results', object>> {
  return {
    'run-record': titled(runRecordSchema, 'Enginebench run record (run.json)'),
    benchmark_results: titled(exportedRecordSchema, 'Enginebench exported results (benchmark_results.json)'),
  }
}

function titled(schema: z.ZodType, title: string): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return { $schema, title, ...rest }
}
