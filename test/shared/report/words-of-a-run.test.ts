import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { fingerprintBanner, fingerprintDifferences } from '../../../shared/report/machine-settings.ts'
import { singleBuildWords } from '../../../shared/report/method-words.ts'
import { methodFacts, runBanners } from '../../../shared/report/run-facts.ts'
import { shownMemoryText } from '../../../shared/report/shown-memory.ts'
import { exampleCase, exampleRecord } from '../../fakes/example-record.ts'
import { everyPassRun, exampleNoiseFloor } from '../../fixtures/every-pass.ts'

function fact(record: RunRecord, name: string): string | undefined {
  return methodFacts(record).find(([each]) => each === name)?.[1]
}

describe('the words of a run', () => {
  it('say the smallest difference that it can show, and how that is known', () => {
    const told = (noiseFloor: RunRecord['noiseFloor']) =>
      fact(noiseFloor === undefined ? exampleRecord() : exampleRecord({ noiseFloor }), 'Smallest difference shown')
    expect(told(undefined)).toBe('2.0 %')
    expect(told({ notMeasured: 'The noise floor of this machine was not measured.' })).toBe(
      '2.0 %. The noise floor of this machine was not measured.',
    )
    expect(told(exampleNoiseFloor)).toBe(
      '2.4 %: identical code differed by up to 2.4 % (1.7 – 3.4 %) in 95 % of 40 comparisons (standard; digits, torch-eager fp32, batch 1; 2026-11-24)',
    )
  })

  it('warn of a machine that cannot tell 5 % apart, and of one that was noisy', () => {
    const noiseFloor = { ...exampleNoiseFloor, value: 0.073 }
    expect(runBanners({ ...exampleRecord({ simulated: false }), noiseFloor })).toEqual([
      'This machine cannot resolve less than 7.3 %.',
    ])
    expect(runBanners(everyPassRun().record)).toEqual([
      'The machine was noisy before the run: Other programs used 34 % of one core in the 5 s before the run.',
    ])
  })

  it('count the rounds that the width rule added', () => {
    const { record } = everyPassRun()
    const [group] = record.groups
    if (group === undefined) throw new Error('the example has groups')
    const uneven = { ...record, groups: [{ ...group, addedRounds: [0, 3, 1] }] }
    expect(fact(uneven, 'Rounds added')).toBe('batch 1: 0, 3, 1 (until ±2.0 %, at most 20 min)')
    expect(fact(record, 'Rounds added')).toBe(
      'batch 1: 4 in each launch; batch 8: 4 in each launch (until ±2.0 %, at most 20 min)',
    )
    expect(fact(exampleRecord(), 'Rounds added')).toBeUndefined()
  })
})

describe('the one number of memory', () => {
  it('says which it is where it is not the process’s', () => {
    const none = { value: null, reason: 'r' }
    const some = { value: 3 * 1024 * 1024, interval: null }
    const text = (memory: Partial<ReturnType<typeof exampleCase>['memory']>) =>
      shownMemoryText({
        memory: { engineDeclaredBytes: none, allocatorPeakBytes: none, processPeakBytes: none, ...memory },
      })
    expect([
      text({ processPeakBytes: some, allocatorPeakBytes: some }),
      text({ allocatorPeakBytes: some, engineDeclaredBytes: some }),
      text({ engineDeclaredBytes: some }),
      text({}),
    ]).toEqual(['3', '3 (allocator peak)', '3 (engine-declared)', '–'])
  })
})

describe('a speedup of TensorRT', () => {
  it('says that it is of one build, until the group holds another', () => {
    const built = exampleCase({ caseKey: 'tensorrt-fp16', backend: 'tensorrt', artifactSha256: 'a' })
    const again = { ...built, caseKey: 'tensorrt-fp16.2', artifactSha256: 'b' }
    const words =
      'of one build; another build of the same engine may be faster or slower (convert --builds shows by how much)'
    expect(singleBuildWords(built, { cases: [built] })).toBe(words)
    expect(singleBuildWords(built, { cases: [built, again] })).toBeNull()
    expect(singleBuildWords(exampleCase(), { cases: [] })).toBeNull()
    const launch = { verdict: 'steady', iterations: 72, elapsedMs: 2960, reason: 'the median moved by 0.4 %' } as const
    const compiled = { ...built, backend: 'torch-tensorrt', artifactSha256: null } as const
    expect(singleBuildWords({ ...compiled, steadiness: [launch] }, { cases: [compiled] })).toBe(words)
    expect(singleBuildWords({ ...compiled, steadiness: [launch, launch] }, { cases: [compiled] })).toBeNull()
  })
})

describe('runs of different machines', () => {
  it('get a banner that names what differs, and runs of one machine none', () => {
    const { fingerprint } = exampleRecord()
    const other = { ...fingerprint, hash: 'cd', software: { torch: '2.13.0' } }
    expect(fingerprintBanner([fingerprint, fingerprint])).toBeNull()
    expect(fingerprintDifferences([fingerprint, other])).toEqual([{ what: 'torch', values: ['none', '2.13.0'] }])
    expect(fingerprintBanner([fingerprint, other])).toBe(
      'Different machines or states: torch (none / 2.13.0). Nothing is claimed across these runs.',
    )
  })
})
