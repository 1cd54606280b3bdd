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

function figuresAfter(rounds: number) {
  const [group] = watched(rounds).run.groups
  return {
    roundsDone: group?.roundsDone,
    cases: group?.cases.map(({ caseKey, p50Ms, sampleCount }) => ({ caseKey, p50: p50Ms.value, sampleCount })),
  }
}

test('rounds, figures and counts follow the events, the figures from the end of the first launch', () => {
  const untold = { p50: null, sampleCount: 0 }
  expect(figuresAfter(2)).toEqual({
    roundsDone: 2,
    cases: [
      { caseKey: 'onnxruntime-node-fp32', ...untold },
      { caseKey: 'onnxruntime-node-fp16', ...untold },
      { caseKey: 'onnxruntime-node-int8', ...untold },
    ],
  })
  expect([figuresAfter(3), figuresAfter(4)]).toEqual(
    [3, 4].map((rounds) => ({
      roundsDone: rounds,
      cases: [
        { caseKey: 'onnxruntime-node-fp32', p50: 0.0612, sampleCount: 500 * rounds },
        { caseKey: 'onnxruntime-node-fp16', p50: 0.0618, sampleCount: 500 * rounds },
        { caseKey: 'onnxruntime-node-int8', p50: 0.0415, sampleCount: 500 * rounds },
      ],
    })),
  )
})

test('a case says why it has no figure: first that parity is to come, then that no round of this session is complete', () => {
  const { run, tracks } = watched(2)
  const words = { reason: 'cosine 0.6', decidedBy: 'cosine 0.6', refusal: 'parity failed: cosine 0.6' }
  const parity = { verdict: 'fail' as const, ...words }
  const judged = (before: typeof run) =>
    applyEvent(before, tracks, {
      kind: 'parity-judged',
      groupKey: 'clip-b1',
      parities: { 'onnxruntime-node-int8': parity },
      interim: {},
    })
  const shown = ({ groups }: typeof run) => groups[0]?.cases.map((each) => [each.parity, each.p50Ms])
  const toCome = [null, { value: null, reason: 'Parity is checked after the first launch.' }]
  expect(shown(run)).toEqual([toCome, toCome, toCome])
  expect(shown(judged(run))).toEqual([toCome, toCome, [parity, { value: null, reason: 'no round is complete yet' }]])
  const { run: later } = watched(3)
  expect(shown(judged(later))?.[2]).toEqual([parity, later.groups[0]?.cases[2]?.p50Ms])
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
