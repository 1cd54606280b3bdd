import { expect, test } from 'vitest'
import { railFacts } from '../../../../renderer/connected-rail.tsx'
import { machineLanes } from '../../../../renderer/features/benchmark/lane-panel.tsx'
import { liveAside, liveStatement, passInProgress } from '../../../../renderer/features/benchmark/live-view.tsx'
import { applyEvent, type LiveRun, newLiveRun } from '../../../../renderer/live/live-run.ts'
import { createLiveTracks } from '../../../../renderer/live/live-tracks.ts'
import type { RunEvent } from '../../../../shared/domain/run-event.ts'
import { demonstrationCases, exampleMachine } from '../../example-answers.ts'
import { gpuSamples } from '../../example-passes.ts'
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
  expect(passInProgress(run, run.groups[0] ?? null)).toEqual({ name: 'Cold start', caseKey: 'onnxruntime-node-int8' })
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

const withoutGpu = gpuSamples(3).map((sample) => ({ ...sample, gpu: null }))

test('with a GPU its lanes come first and of the processor only the load stays', () => {
  expect(machineLanes(gpuSamples(3)).map(({ title, unit, nowText }) => `${title} ${nowText} ${unit}`)).toEqual([
    'GPU memory 7.9 GiB',
    'Board power 418 W',
    'SM clock 1980 MHz',
    'GPU temperature 52 °C',
    'CPU load 33 %',
  ])
})

test('what a GPU does not tell has no lane, and without a GPU the processor has its own', () => {
  const [sample] = gpuSamples(1)
  const untold = sample?.gpu ? [{ ...sample, gpu: { ...sample.gpu, powerWatts: null, temperatureCelsius: null } }] : []
  expect(machineLanes(untold).map(({ title }) => title)).toEqual(['GPU memory', 'SM clock', 'CPU load'])
  expect(machineLanes(withoutGpu).map(({ title }) => title)).toEqual(['CPU load', 'CPU clock', 'Memory used'])
})

test('the rail tells the GPU’s state while one is sampled, else the processor’s', () => {
  expect(railFacts(exampleMachine, gpuSamples(1)[0] ?? null)).toEqual([
    ['GPU load', '97 %'],
    ['SM clock', '1,980 MHz'],
    ['Power', '412 W'],
    ['Temperature', '52 °C'],
    ['CPU load', '31 %'],
  ])
  expect(railFacts(exampleMachine, null)).toEqual([
    ['Cores, threads', '8, 16'],
    ['Memory', '32.0 GiB'],
  ])
})
