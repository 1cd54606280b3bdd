import { expect, test } from 'vitest'
import { railFacts } from '../../../../renderer/connected-rail.tsx'
import { machineLanes, samplesText, standingOf } from '../../../../renderer/features/benchmark/lane-panel.tsx'
import {
  launchWords,
  liveAside,
  liveStatement,
  passInProgress,
} from '../../../../renderer/features/benchmark/live-view.tsx'
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

const twoLaunches = { ...race, launches: 2 }

function afterOf(which: typeof race, rounds: number): LiveRun {
  const tracks = createLiveTracks()
  const events = [...raceStart(which), ...raceRounds(which, rounds).flat()]
  return events.reduce((run, event) => applyEvent(run, tracks, event), newLiveRun('live'))
}

test('the launch, its round and why launches ended are said as they come', () => {
  const at = (rounds: number) => said(afterOf(twoLaunches, rounds))[0]
  expect([at(0), at(1), at(2), at(3), at(4), at(6)]).toEqual([
    'Launch 1, round 1 of 3.',
    'Launch 1, round 2 of 3.',
    'Launch 1, round 3 of 3.',
    'Launch 2, round 1 of 3.',
    'Launch 2, round 2 of 3.',
    'Stopped at the launch limit after 2 launches.',
  ])
})

test('a launch that is being started says so, and so does one whose rounds are done', () => {
  const load: RunEvent = {
    ...{ kind: 'stage', stage: 'load', groupKey: 'clip-b1', caseKey: null, fraction: null, message: 'Loading' },
  }
  const tracks = createLiveTracks()
  const starting = applyEvent(afterOf(twoLaunches, 3), tracks, load)
  expect(said(starting)[0]).toBe('Launch 2 of at most 2 starts.')
  const [last] =
    raceRounds(twoLaunches, 3)
      .at(-1)
      ?.filter(({ kind }) => kind === 'round-completed') ?? []
  if (last === undefined) throw new Error('The race has no third round.')
  expect(said(applyEvent(afterOf(twoLaunches, 2), tracks, last))[0]).toBe('Launch 1, all 3 rounds done.')
})

test('how many launches are done, what is decided and when it is looked at next', () => {
  const words = (rounds: number) => afterOf(twoLaunches, rounds).groups.slice(0, 1).map(launchWords)[0]
  expect([words(1), words(3), words(6)]).toEqual([
    '0 of at most 2 launches are done. Parity is checked after the first launch.',
    '1 of at most 2 launches is done. The next look is after 2.',
    '2 of at most 2 launches are done. 1 of 2 comparisons is decided.',
  ])
})

test('each comparison says its interval so far and what the latest look said', () => {
  const standings = (rounds: number) =>
    afterOf(twoLaunches, rounds)
      .groups.slice(0, 1)
      .flatMap((group) => group.cases.map((each) => standingOf(each, group)))
  expect(standings(1)).toEqual([
    { ratio: '1 ×', verdict: 'baseline' },
    { ratio: '–', verdict: 'first launch' },
    { ratio: '–', verdict: 'first launch' },
  ])
  expect(standings(6)).toEqual([
    { ratio: '1 ×', verdict: 'baseline' },
    { ratio: '0.990 × (0.961 – 1.020)', verdict: 'undecided' },
    { ratio: '1.47 × (1.43 – 1.52)', verdict: 'faster' },
  ])
  expect(standings(3)[2]).toEqual({ ratio: '1.47 × (1.39 – 1.56)', verdict: 'no look yet' })
})

test('where parity refuses a speedup, that stands in its place, and the figures of the case stay', () => {
  const run = afterOf(twoLaunches, 3)
  const [group] = run.groups
  const refusal = 'parity failed: cosine 0.9617 is below 0.99'
  const parity = { verdict: 'fail', reason: 'cosine 0.9617 is below 0.99', refusal } as const
  const [, , refused] = group?.cases ?? []
  if (group === undefined || refused === undefined) throw new Error('The race has three cases.')
  expect([standingOf({ ...refused, parity }, group), samplesText({ ...refused, parity })]).toEqual([
    { ratio: 'speedup refused', verdict: refusal },
    '150',
  ])
  expect([{ ...refused, parity: null }, refused].map(samplesText)).toEqual(['–', '150'])
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
