import { expect, test } from 'vitest'
import { sweepText } from '../../../electron/cli/sweep-table.ts'
import type { SweepRecord } from '../../../shared/domain/sweep.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { simulatedSweep } from '../../fakes/sweep-bench.ts'

const record: SweepRecord = {
  ...{ schemaVersion: 1, sweepId: '20260101-000000-tiny-aaaa', state: 'completed', simulated: false },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:01:00.000Z', modelName: 'Tiny' },
  ...{ command: 'enginebench sweep --model tiny', plan: simulatedSweep([{}]), weights: null },
  fingerprint: exampleRecord().fingerprint,
  ...{ points: [], knees: [], error: null, notes: [] },
}

test('what a sweep is worth stands in its first line', () => {
  const firstLine = (changes: Partial<SweepRecord>) =>
    sweepText({ ...record, ...changes }, { resultIsTerminal: false }).split('\n')[0]
  expect(firstLine({})).toBe('Tiny · sweep · completed')
  expect(firstLine({ simulated: true })).toBe('Tiny · sweep · completed · SIMULATED')
  expect(firstLine({ weights: 'seeded' })).toBe(
    'Tiny · sweep · completed · seeded weights: timing valid, predictions not',
  )
})
