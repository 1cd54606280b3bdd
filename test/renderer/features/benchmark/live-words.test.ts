import { expect, test } from 'vitest'
import { liveAside, liveStatement, passOf } from '../../../../renderer/features/benchmark/live-view.tsx'
import { applyEvent, type LiveRun, newLiveRun } from '../../../../renderer/live/live-run.ts'
import { createLiveTracks } from '../../../../renderer/live/live-tracks.ts'
import type { RunEvent } from '../../../../shared/domain/run-event.ts'
import { demonstrationCases } from '../../example-answers.ts'
import { raceRounds, raceStart } from '../../live-race.ts'

const race = { cases: demonstrationCases, launches: 1, rounds: 3, samplesPerBlock: 50, seed: 3 }

function after(rounds: number, ...more: RunEvent[]): LiveRun {
  const tracks = createLiveTracks()
  const events = [...raceStart(race), ...raceRounds(race, rounds).flat(), ...more]
  return events.reduce((run, event) => applyEvent(run, tracks, event), newLiveRun('live'))
}

const coldStart: RunEvent = {
  kind: 'stage',
  stage: 'cold-start',
  groupKey: 'clip-b1',
  caseKey: 'onnxruntime-node-int8',
  fraction: 0.4,
  message: 'process 3 of 5',
}

function said(run: LiveRun): readonly string[] {
  const group = run.groups[0]
  return group ? [liveStatement(run, group), liveAside(run, group)] : []
}

test('a pass says its name and the case that it works on', () => {
  const run = after(3, coldStart)
  expect(said(run)).toEqual([
    'Cold start of ONNX Runtime (Node) INT8.',
    'Extra measurements: one candidate at a time, in a fresh process.',
  ])
  expect(passOf(run, run.groups[0] ?? null)).toEqual({ name: 'Cold start', caseKey: 'onnxruntime-node-int8' })
})

test('a pass of no single case names itself alone', () => {
  expect(said(after(3, { ...coldStart, stage: 'limits', caseKey: null }))[0]).toBe('Limits.')
})

test('rounds beyond the preset’s are counted as added', () => {
  expect([said(after(2))[0], said(after(3))[0], said(after(5))[0]]).toEqual([
    'Round 3 of 3.',
    'All 3 rounds are done.',
    'All 3 rounds are done, plus 2 added for narrower intervals.',
  ])
})
