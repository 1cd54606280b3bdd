import { expect, test } from 'vitest'
import { rowHead } from '../../../../renderer/features/results/candidates-head.tsx'
import { otherMachine } from '../../../../renderer/features/results/results-head.tsx'
import type { CaseRecord, GroupRecord } from '../../../../shared/domain/run.ts'
import { completedRun } from '../../../fixtures/record.ts'
import { exampleMachine } from '../../example-answers.ts'

const gpu = { name: 'Example GPU', memoryBytes: null, driver: '580.10' }

test('a run from another processor or with another GPU names both, and one from here names none', () => {
  expect([
    otherMachine(exampleMachine, exampleMachine),
    otherMachine(exampleMachine, { ...exampleMachine, kernel: '6.9', cpuGovernor: 'powersave' }),
    otherMachine(exampleMachine, { ...exampleMachine, gpus: [gpu] }),
    otherMachine(exampleMachine, { ...exampleMachine, cpuModel: 'Another CPU' }),
  ]).toEqual([null, null, 'Example GPU, Example CPU 8-Core', 'Another CPU'])
})

function groupOfRun(): GroupRecord {
  const [group] = completedRun().record.groups
  if (!group) throw new Error('The fixture has no group.')
  return group
}

function noteAtLevels(levels: readonly number[]): string {
  const group = groupOfRun()
  const cases = group.cases.slice(0, levels.length).map((record, index): CaseRecord => {
    const interval = { low: 1.1, high: 1.2, level: levels[index] ?? 0.95, method: 'wilcoxon-signed-rank' }
    return { ...record, speedup: { ...record.speedup, interval } }
  })
  return rowHead(group, cases, false).speedupNote
}

test('the speedup column names the level that its intervals have, and none where they differ', () => {
  expect([noteAtLevels([0.95, 0.95]), noteAtLevels([0.975]), noteAtLevels([0.975, 0.95])]).toEqual([
    '× of paired rounds, 95 % interval',
    '× of paired rounds, 97.5 % interval',
    '× of paired rounds, Holm-adjusted intervals',
  ])
})
