// The published runs: whoever has their samples gets their figures again, and their reports say what their records say.
// After a change of the report that is meant: `npx vitest run test/docs/results.test.ts --update`.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunRecord, runRecordSchema, type Speedup } from '../../shared/domain/run.ts'
import { blockFlagsSchema, type SampleBlock, sampleBlockSchema } from '../../shared/domain/sample-block.ts'
import { textFormats } from '../../shared/report/formats/index.ts'
import { joinFlags } from '../../shared/sampling/with-flags.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'

const documents = join(import.meta.dirname, '../../docs')
const results = join(documents, 'results')
const published = readdirSync(results, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(results, entry.name, 'benchmark_results.json')))
  .map(({ name }) => name)

function readRecord(name: string): RunRecord {
  return runRecordSchema.parse(JSON.parse(readFileSync(join(results, name, 'benchmark_results.json'), 'utf8')))
}

function readBlocks(name: string, groupKey: string, caseKey: string): SampleBlock[] {
  const file = join(results, name, 'samples', groupKey, caseKey)
  const blocks = readLines(`${file}.ndjson`).map((line) => sampleBlockSchema.parse(line))
  return joinFlags(
    blocks,
    readLines(`${file}.flags.ndjson`).map((line) => blockFlagsSchema.parse(line)),
  )
}

/** None where there is no such file: a case that was never measured has no samples, and most have no flags. */
function readLines(file: string): unknown[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Their reports and docs/results/README.md say so: the machine had to be given back before all was measured. */
const cancelled = ['h200-detr-resnet-50-passes']

describe.each(published)('the published record of %s', (name) => {
  const record = readRecord(name)

  it('was really measured and finished', () => {
    expect([record.simulated, record.state]).toEqual([false, cancelled.includes(name) ? 'cancelled' : 'completed'])
  })

  it.runIf(existsSync(join(results, name, 'samples')))('says what its samples say', () => {
    expect(recomputeRecord(record, (groupKey, caseKey) => readBlocks(name, groupKey, caseKey)).groups).toEqual(
      record.groups,
    )
  })

  it('is what its report was written from', async () => {
    const report = textFormats.md.render({ record, runFolder: '' })
    await expect(report).toMatchFileSnapshot(join(results, name, 'report.md'))
  })
})

it.each([
  ['h200-clip-vit-b32', '1'],
  ['h200-clip-vit-b32-launches', '2'],
])('recomputes the speedup of %s, measured by protocol %s, by the script of the guide', (folder, protocol) => {
  const [baseline, candidate] = ['torch-eager-fp32', 'torch-cudagraph-fp16']
  const samples = join(results, folder, 'samples/clip-vit-b32-b8-cuda')
  const words = [join(documents, 'guide/recompute.py'), samples, baseline, candidate, protocol]
  const cases = readRecord(folder).groups.find(({ groupKey }) => groupKey === 'clip-vit-b32-b8-cuda')?.cases
  const value = cases?.find(({ caseKey }) => caseKey === candidate)?.speedup.value ?? Number.NaN
  const speedup = Number(value.toPrecision(6))
  const printed = execFileSync('python3', words, { encoding: 'utf8' })
  expect(printed).toContain(`speedup: ${speedup}`)
  if (protocol === '1') {
    expect(readFileSync(join(documents, 'guide/measuring.md'), 'utf8')).toContain(`a speedup of ${speedup}`)
  }
})
it('takes the effect of starting first out of CLIP beside itself by protocol 3, and the script of the guide does so too', () => {
  const name = 'clip-vit-b32-pair'
  const record = readRecord(name)
  const speedupBy = (protocol: 2 | 3) => {
    const { groups } = recomputeRecord({ ...record, protocol }, (groupKey, caseKey) =>
      readBlocks(name, groupKey, caseKey),
    )
    return groups[0]?.cases[1]?.speedup
  }
  const halfWidth = (speedup: Speedup | undefined) =>
    Math.log((speedup?.interval?.high ?? 0) / (speedup?.interval?.low ?? 0)) / 2
  const fitted = speedupBy(3)
  expect(fitted?.interval?.method).toBe('student-t over 10 launches, starting order fitted')
  expect(halfWidth(fitted)).toBeLessThan(halfWidth(speedupBy(2)))
  const [group] = record.groups
  const keys = group?.cases.map(({ caseKey }) => caseKey) ?? []
  const samples = join(results, name, 'samples', group?.groupKey ?? '')
  const printed = execFileSync('python3', [join(documents, 'guide/recompute.py'), samples, ...keys, '3'], {
    encoding: 'utf8',
  })
  expect(printed).toContain(`speedup: ${Number(fitted?.value?.toPrecision(6))}`)
})
