import { expect, test } from 'vitest'
import {
  keptGroups,
  refuseOtherInputs,
  refuseUnlessComparable,
  resumedRecord,
  softwareNotes,
} from '../../../../electron/runs/session/resume.ts'
import type { CaseRecord, RunRecord } from '../../../../shared/domain/run.ts'
import { expandPlan } from '../../../../shared/planning/expand-plan.ts'
import { exampleManifest } from '../../../fakes/example-manifest.ts'
import { exampleCase, exampleRecord } from '../../../fakes/example-record.ts'
import { simulatedPlan } from '../../../fakes/run-bench.ts'

const plan = simulatedPlan([{}], { batchSizes: [1, 2] })
const groups = expandPlan(plan, exampleManifest())

function recordOf(cases: readonly Partial<CaseRecord>[], changes: Partial<RunRecord> = {}): RunRecord {
  const [group] = exampleRecord().groups
  if (group === undefined) throw new Error('The example has a group.')
  return exampleRecord({
    protocol: 2,
    plan,
    state: 'interrupted',
    groups: groups.map(({ groupKey, batchSize }, index) => ({
      ...{ ...group, groupKey, batchSize },
      cases: [exampleCase(cases[index])],
    })),
    ...changes,
  })
}

test.each<[string, Partial<CaseRecord>, boolean]>([
  ['completed', {}, true],
  ['skipped', { state: 'skipped', sampleCount: 0 }, true],
  ['a fallback', { state: 'fallback', sampleCount: 0 }, true],
  ['failed', { state: 'failed' }, false],
  ['cancelled', { state: 'cancelled' }, false],
  ['completed without a summary', { sampleCount: 0 }, false],
  ['completed, a pass cut off', { offline: { notMeasured: 'The run ended before it was measured.' } }, false],
  ['completed, a pass not offered', { offline: { notMeasured: 'This engine has none.' } }, true],
])('a group of a case %s is kept or measured again', (_what, changes, isKept) => {
  expect(keptGroups(recordOf([changes, { state: 'failed' }]))).toEqual(new Set(isKept ? ['tiny-b1'] : []))
})

test('notes of what is measured again go, those of the run and of what is kept stay, and noise before it is told', () => {
  const record = recordOf([{}, { state: 'failed' }], {
    notes: ['Weights: seeded.', 'tiny-b1: they took turns.', 'tiny-b2: they took turns.'],
    sampling: {
      ...{ preflight: { verdict: 'noisy', reason: 'Something ran.' } },
      ...{ samples: 9, shareOfCore: 0.01, gpu: null, notRead: [], endedEarly: null },
    },
  })
  const resumed = resumedRecord({ record, groups, kept: new Set(['tiny-b1']), at: 'now', fromMs: 12_345 })
  expect(resumed).toMatchObject({ state: 'queued', error: null, endedAt: null, groups: [record.groups[0], {}] })
  expect(resumed.groups[1]?.cases[0]).toMatchObject({ state: 'pending', sampleCount: 0 })
  expect(resumed.notes).toEqual([
    'Weights: seeded.',
    'tiny-b1: they took turns.',
    'The machine was not quiet before the run. Something ran.',
    'Resumed at now: group tiny-b2 was measured again; group tiny-b1 was kept. Times of samples and of the machine continue from 12.3 s, without the pause in between.',
  ])
})

test('another version, machine or plan is refused by what differs; other software is not', () => {
  const record = recordOf([])
  const { fingerprint } = record
  const refused = (changes: Partial<RunRecord['fingerprint']>) => () =>
    refuseUnlessComparable(record, groups, { ...fingerprint, hash: 'other', ...changes })
  expect(refused({ software: { torch: '9' } })).not.toThrow()
  expect(refused({ enginebenchVersion: '9.0.0' })).toThrow(`Enginebench (${fingerprint.enginebenchVersion}, now 9.0.0)`)
  expect(refused({ machine: { ...fingerprint.machine, memoryBytes: fingerprint.machine.memoryBytes + 1 } })).toThrow(
    'the machine or the app has changed: memoryBytes.',
  )
  expect(() => refuseUnlessComparable(record, groups.slice(1), fingerprint)).toThrow('other groups and cases')
})

const [group] = exampleRecord().groups
if (group === undefined) throw new Error('The example has a group.')
const record = {
  groups: [
    { ...group, groupKey: 'tiny-b1', inputSha256: 'a', cases: [exampleCase({ versions: { torch: '2.13.0' } })] },
    { ...group, groupKey: 'tiny-b2', inputSha256: 'b' },
  ],
}
const kept = new Set(['tiny-b1'])

test('other images than the kept groups saw are refused; what was measured again may have seen any', () => {
  const inputsOf = (sha256: string) => ({ input: { sha256 } })
  expect(() => refuseOtherInputs(record, kept, inputsOf('a'))).not.toThrow()
  expect(() => refuseOtherInputs(record, kept, inputsOf(''))).not.toThrow()
  expect(() => refuseOtherInputs(record, new Set(), inputsOf('b'))).not.toThrow()
  expect(() => refuseOtherInputs(record, kept, inputsOf('b'))).toThrow('The images differ')
})

test('a library of another version than in a kept group is told, once', () => {
  const runCase = (versions: Record<string, string>) => ({ caseKey: 'simulated-fp32', prepared: { versions } })
  expect(softwareNotes(record, kept, 'tiny-b2', [runCase({ torch: '2.14.0', python: '3.12' })])).toEqual([
    'tiny-b2: measured with torch 2.14.0, where the groups kept from the earlier session had 2.13.0.',
  ])
  expect(softwareNotes(record, kept, 'tiny-b2', [runCase({ torch: '2.13.0' })])).toEqual([])
})
