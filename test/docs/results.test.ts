import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunRecord, runRecordSchema } from '../../shared/domain/run.ts'
import { type SampleBlock, sampleBlockSchema } from '../../shared/domain/sample-block.ts'
import { summarizeCase } from '../../shared/statistics/case-summary.ts'
import { speedupOf } from '../../shared/statistics/speedup.ts'

const results = join(import.meta.dirname, '../../docs/results')
const published = readdirSync(results, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

function readRecord(name: string): RunRecord {
  return runRecordSchema.parse(JSON.parse(readFileSync(join(results, name, 'benchmark_results.json'), 'utf8')))
}

function readBlocks(name: string, groupKey: string, caseKey: string): SampleBlock[] {
  const text = readFileSync(join(results, name, 'samples', groupKey, `${caseKey}.ndjson`), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => sampleBlockSchema.parse(JSON.parse(line)))
}

describe.each(published)('the published record of %s', (name) => {
  const record = readRecord(name)

  it('was really measured and finished', () => {
    expect([record.simulated, record.state]).toEqual([false, 'completed'])
  })

  it.runIf(existsSync(join(results, name, 'samples')))('says what its samples say', () => {
    for (const group of record.groups) {
      const baseline = readBlocks(name, group.groupKey, group.baseline)
      for (const { caseKey, latencyMs, sampleCount, speedup } of group.cases) {
        const blocks = readBlocks(name, group.groupKey, caseKey)
        const { sampleCount: counted, latencyMs: computed } = summarizeCase(blocks, group.batchSize)
        expect({ counted, p50: computed.p50 }).toEqual({ counted: sampleCount, p50: latencyMs.p50 })
        if (speedup.value !== null) expect(speedupOf(baseline, blocks)?.value).toBeCloseTo(speedup.value, 9)
      }
    }
  })
})
