import { expect, test } from 'vitest'
import {
  exitCodeHelp,
  exitCodeOfConversion,
  exitCodeOfError,
  exitCodeOfRun,
  exitCodes,
} from '../../../electron/cli/exit-code.ts'
import { BenchError, type BenchErrorCode } from '../../../shared/domain/bench-error.ts'
import type { CaseState, RunRecord, RunState } from '../../../shared/domain/run.ts'
import { fakeArtifactKey, fakeConversionRecord } from '../../fakes/conversion-record.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

function record(state: RunState, caseStates: readonly CaseState[]): RunRecord {
  const example = exampleRecord()
  const [group] = example.groups
  const [first] = group?.cases ?? []
  if (!group || !first) throw new Error('the example has no case')
  return {
    ...example,
    state,
    groups: [{ ...group, cases: caseStates.map((caseState) => ({ ...first, state: caseState })) }],
  }
}

test.each([
  ['completed', ['completed', 'completed'], exitCodes.done],
  ['completed', ['completed', 'skipped'], exitCodes.casesFailed],
  ['completed', ['completed', 'failed'], exitCodes.casesFailed],
  ['failed', ['failed'], exitCodes.failed],
  ['cancelled', ['completed', 'cancelled'], exitCodes.cancelled],
] as const)('a run that is %s with cases %j ends with %i', (state, caseStates, code) => {
  expect(exitCodeOfRun(record(state, caseStates))).toBe(code)
})

test.each([
  ['bad-usage', exitCodes.badUsage],
  ['unknown-model', exitCodes.badUsage],
  ['batch-outside-profile', exitCodes.badUsage],
  ['folder-not-empty', exitCodes.badUsage],
  ['disk-full', exitCodes.failed],
  ['python-unavailable', exitCodes.failed],
  ['bad-model-file', exitCodes.failed],
] satisfies readonly (readonly [BenchErrorCode, number])[])('the error %s ends with %i', (code, exitCode) => {
  expect(exitCodeOfError(new BenchError({ code, stage: 'plan', message: 'm', remedy: 'r' }))).toBe(exitCode)
})

test('a bug ends with 1', () => {
  expect(exitCodeOfError(new TypeError('oops'))).toBe(exitCodes.failed)
})

test.each([
  ['completed', fakeArtifactKey, null, exitCodes.done],
  ['failed', null, 'backend-unavailable', exitCodes.casesFailed],
  ['failed', null, 'python-unavailable', exitCodes.casesFailed],
  ['failed', null, 'build-failed', exitCodes.failed],
  ['cancelled', null, null, exitCodes.cancelled],
  ['interrupted', null, null, exitCodes.failed],
] as const)('a conversion %s, its engine %j, its error %j, ends with %i', (state, artifactKey, code, expected) => {
  const step = { state: 'done', elapsedMs: 1, reason: null } as const
  const steps = [
    { ...step, name: 'export', artifactKey: fakeArtifactKey },
    { ...step, name: 'engine', artifactKey },
  ] as const
  const error = code === null ? null : ({ code, stage: 'build', message: 'No.', remedy: 'Do.', cause: null } as const)
  expect(exitCodeOfConversion(fakeConversionRecord({ state, steps: [...steps], error }))).toBe(expected)
})

test('every exit code is in the help', () => {
  for (const code of Object.values(exitCodes)) expect(exitCodeHelp).toMatch(new RegExp(`^${code}\\b`, 'm'))
})
