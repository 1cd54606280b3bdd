import { expect, test } from 'vitest'
import { applyEvent, newLiveRun } from '../../../renderer/live/live-run.ts'
import { createLiveTracks, forEachPoint, groupTracks, pointKinds } from '../../../renderer/live/live-tracks.ts'
import { mostShownSamples } from '../../../shared/domain/sample-block.ts'
import { demonstrationCases } from '../example-answers.ts'
import { gpuSamples } from '../example-passes.ts'
import { raceRounds, raceStart } from '../live-race.ts'

const race = { cases: demonstrationCases, launches: 2, rounds: 3, samplesPerBlock: 500, seed: 3 }

function watched(rounds: number) {
  const tracks = createLiveTracks()
  const events = [...raceStart(race), ...raceRounds(race, rounds).flat()]
  return { tracks, run: events.reduce((run, event) => applyEvent(run, tracks, event), newLiveRun('live')) }
}

test('rounds, figures and counts follow the events', () => {
  const { run } = watched(2)
  const [group] = run.groups
  expect(group?.roundsDone).toBe(2)
  expect(group?.cases.map(({ caseKey, p50Ms, sampleCount }) => ({ caseKey, p50: p50Ms.value, sampleCount }))).toEqual([
    { caseKey: 'onnxruntime-node-fp32', p50: 0.0612, sampleCount: 1000 },
    { caseKey: 'onnxruntime-node-fp16', p50: 0.0618, sampleCount: 1000 },
    { caseKey: 'onnxruntime-node-int8', p50: 0.0415, sampleCount: 1000 },
  ])
})

test('the wait between launches is kept as one pause', () => {
  const { tracks } = watched(4)
  const { pauses } = groupTracks(tracks, 'clip-b1')
  expect(pauses.map(({ launch }) => launch)).toEqual([1])
  expect((pauses[0]?.endMs ?? 0) - (pauses[0]?.startMs ?? 0)).toBeGreaterThan(6_000)
})

test('a lane keeps few points of a block, its extremes among them, and knows the lead', () => {
  const tracks = createLiveTracks()
  const latenciesMs = Array.from({ length: 4_000 }, (_, index) => (index === 1_234 ? 9 : index === 777 ? 0.5 : 1))
  applyEvent(newLiveRun('live'), tracks, {
    kind: 'block',
    groupKey: 'g',
    caseKey: 'c',
    block: {
      launch: 0,
      round: 0,
      block: 0,
      orderInRound: 0,
      startedAtNs: 1_000_000_000,
      endedAtNs: 1_250_000_000,
      leadSamples: 3,
      flags: [],
      latenciesMs,
    },
  })
  const points: { timeMs: number; latencyMs: number; kind: number }[] = []
  const lane = groupTracks(tracks, 'g').lanes.get('c')
  if (lane) forEachPoint(lane, (timeMs, latencyMs, kind) => points.push({ timeMs, latencyMs, kind }))
  expect(points.length).toBeLessThanOrEqual(mostShownSamples)
  expect(Math.max(...points.map(({ latencyMs }) => latencyMs))).toBe(9)
  expect(Math.min(...points.map(({ latencyMs }) => latencyMs))).toBe(0.5)
  expect(points[0]?.kind).toBe(pointKinds.lead)
  expect(points.every(({ timeMs }) => timeMs >= 1_000 && timeMs <= 1_250)).toBe(true)
})

test('a sample of the machine is kept with all that it tells, its GPU among it', () => {
  const tracks = createLiveTracks()
  const [sample] = gpuSamples(1)
  if (!sample) throw new Error('one sample was asked for')
  const told = { ...sample, foreignCpuPercent: 12, swapInPages: 0, stoppedProcesses: [41] }
  const run = applyEvent(newLiveRun('live'), tracks, { kind: 'machine-sample', ...told })
  expect(run.machine).toEqual(told)
  expect(tracks.machine).toEqual([told])
})
