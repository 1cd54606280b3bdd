import { expect, test } from 'vitest'
import { passLines } from '../../../electron/cli/pass-lines.ts'
import { measured, missing } from '../../../shared/domain/figure.ts'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const example = exampleRecord().groups[0]?.cases[0]
const trial = { ratePerSecond: 90, queries: 900, latencyMs: measured(19), completedPerSecond: 89, keepsBound: true }
const request = { latencyBoundMs: 20, percentile: 99, ratePerSecond: null, durationMs: 10_000 }

function linesOf(passes: Partial<CaseRecord>): readonly string[] {
  if (example === undefined) throw new Error('the example has no case')
  return passLines({ ...example, ...passes, caseKey: 'a' })
}

test('a case without passes has no lines', () => {
  expect(linesOf({})).toEqual([])
})

test('each pass is one line with its unit, and a scenario says what it is not', () => {
  expect(
    linesOf({
      coldStart: { launches: [], toFirstAnswerMs: measured(812), caches: [] },
      energyJoulesPerImage: measured(0.5),
      energy: {
        netJoulesPerImage: measured(0.25),
        ...{ blockMs: 30_000, images: 60_000, averageWatts: 400, idleWatts: 200, boundary: 'the GPU board' },
      },
      timeSplit: {
        queries: 10,
        method: 'm',
        parts: [
          { part: 'preprocess', clock: 'host', medianMs: null, reason: 'r', included: false },
          { part: 'compute', clock: 'host', medianMs: 2, reason: null, included: true },
          { part: 'compute', clock: 'device', medianMs: 1.5, reason: null, included: true },
        ],
      },
      layerTimes: {
        ...{ method: 'm', queries: 5, otherLayers: 9, otherMs: 1 },
        layers: [{ name: '/conv', operator: 'Conv', timeMs: 0.2 }],
      },
      offline: { images: 1000, wallMs: 500, imagesPerSecond: 2000 },
      server: { request, seed: 1, trials: [trial], highestRatePerSecond: measured(90) },
      limits: { notMeasured: 'There is no Python.' },
    }),
  ).toEqual([
    'a: cold start: 812 ms to the first answer, median of 0 processes',
    'a: energy: 0.500 J per image, 0.250 J above idle, at 400 W (the GPU board)',
    'a: time split: compute 2.00 ms, compute 1.50 ms (device)',
    'a: layers: 10 layers, the costliest Conv "/conv" 0.200 ms',
    'a: offline: 2,000 images/s over 1,000 images (not an MLPerf result)',
    'a: server: up to 90.0 queries/s with p99 within 20 ms (not an MLPerf result)',
    'a: limits: not measured: There is no Python.',
  ])
})

test('a bound that no rate keeps has its reason in the place of a rate', () => {
  const server = { request, seed: 1, trials: [trial], highestRatePerSecond: missing('No rate kept it.') }
  expect(linesOf({ server })).toEqual(['a: server: No rate kept it. (not an MLPerf result)'])
})
