import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { caseOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()

test('every summary of a record can be computed again from its samples on disk alone', async () => {
  const cases = [{}, { medianMs: 7, spread: 0.2 }, { fault: { stage: 'measure', afterBlocks: 3 } }]
  const { record, folder } = await (await runBench(root)).run(
    simulatedPlan(cases, { batchSizes: [1, 2], budget: { mostLaunches: 5 } }),
  )
  const run = await openRunFolder(folder)
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { groupKey, cases: entries } of record.groups) {
    for (const { caseKey } of entries) {
      blocks.set(`${groupKey}/${caseKey}`, (await run.samples(groupKey, caseKey)).blocks)
    }
  }
  const again = recomputeRecord(run.record, (groupKey, caseKey) => blocks.get(`${groupKey}/${caseKey}`) ?? [])
  expect(again).toEqual(record)
  expect(caseOf(record, 'simulated-fp32.2').latencyMs.p95.value).toBeGreaterThan(7)
})

test('a rigorous run measures its baseline twice and tells the copy from no other', async () => {
  const { record } = await (await runBench(root)).run(
    simulatedPlan([{ launchSpread: 0.01 }, { medianMs: 5 }], { preset: 'rigorous', budget: { mostLaunches: 32 } }),
  )
  expect(record.groups[0]?.cases.map((entry) => entry.caseKey)).toEqual([
    'simulated-fp32',
    'simulated-fp32.2',
    'simulated-fp32.3',
  ])
  expect(caseOf(record, 'simulated-fp32.3')).toMatchObject({
    options: { launchSpread: 0.01 },
    speedup: { verdict: 'same' },
  })
  expect(caseOf(record, 'simulated-fp32.2').speedup.verdict).toBe('faster')
})

test('a case that never became steady is measured and its speedup refused with that reason', async () => {
  const { record } = await (await runBench(root)).run(simulatedPlan([{}, { medianMs: 5, steady: false }]))
  const { badges, speedup, latencyMs } = caseOf(record, 'simulated-fp32.2')
  expect(badges).toContain('no-steady-state')
  expect(latencyMs.p50.value).toBeCloseTo(5, 1)
  expect(speedup).toMatchObject({ verdict: 'refused', reason: expect.stringContaining('no steady state') })
})
