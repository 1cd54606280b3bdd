import { expect, test } from 'vitest'
import { judgeLimits } from '../../../shared/passes/judge-limits.ts'
import type { LayerTimes } from '../../../shared/passes/layers.ts'
import type { DevicePeak, ModelWork } from '../../../shared/passes/limits.ts'
import type { PartTime, TimeSplit } from '../../../shared/passes/time-split.ts'

// 1 TFLOP/s and 100 GB/s: arithmetic and memory balance at 10 operations a byte.
const peak: DevicePeak = { precision: 'fp32', operationsPerSecond: 1e12, bytesPerSecond: 1e11, source: 'specification' }
// 20 operations a byte: the roof is 1 TFLOP/s.
const dense: ModelWork = { operations: 4e9, bytes: 2e8, notCounted: [] }

function split(times: readonly (readonly [PartTime['part'], PartTime['clock'], number | null])[]): TimeSplit {
  return {
    queries: 50,
    method: 'waited for after each part',
    parts: times.map(([part, clock, medianMs]) => ({
      part,
      clock,
      medianMs,
      reason: medianMs === null ? 'not taken apart' : null,
      included: true,
    })),
  }
}

test('a dense model is bound by compute, at its share of the arithmetic peak', () => {
  expect(judgeLimits({ work: dense, peak, latencyMs: 10, timeSplit: null, layerTimes: null })).toEqual({
    work: dense,
    peak,
    operationsPerSecond: 4e11,
    intensity: 20,
    shareOfRoof: 0.4,
    boundBy: 'compute',
    reason:
      'this engine runs at 40 % of what this device can do, bound by compute: ' +
      '20.0 operations a byte are at or above the 10.0 at which its arithmetic and memory balance',
  })
})

test('a model that moves much for what it computes is bound by memory, under a lower roof', () => {
  const work = { operations: 4e8, bytes: 2e8, notCounted: ['Einsum'] }
  // 2 operations a byte: the roof is 200 GFLOP/s; 0.4 G in 4 ms are 100.
  expect(judgeLimits({ work, peak, latencyMs: 4, timeSplit: null, layerTimes: null })).toEqual({
    work,
    peak,
    operationsPerSecond: 1e11,
    intensity: 2,
    shareOfRoof: 0.5,
    boundBy: 'memory',
    reason:
      'this engine runs at 50 % of what this device can do, bound by memory: ' +
      '2.00 operations a byte are below the 10.0 at which its arithmetic and memory balance; ' +
      'at least, for Einsum is not counted',
  })
})

test('copies that take as long as compute bound it by transfers', () => {
  const timeSplit = split([
    ['host-to-device', 'host', 3],
    ['compute', 'host', 4],
    ['device-to-host', 'host', 1],
    ['compute', 'device', 3.9],
  ])
  expect(judgeLimits({ work: dense, peak, latencyMs: 8, timeSplit, layerTimes: null })).toMatchObject({
    boundBy: 'transfers',
    reason:
      'this engine runs at 50 % of what this device can do, bound by transfers: copies take 4.00 ms and compute 4.00 ms',
  })
})

test('a device that computes for less than three fifths of the host’s waiting is bound by launch overhead', () => {
  const timed = (deviceMs: number) =>
    split([
      ['host-to-device', 'host', 0.2],
      ['compute', 'host', 10],
      ['compute', 'device', deviceMs],
    ])
  expect(judgeLimits({ work: dense, peak, latencyMs: 10, timeSplit: timed(5.9), layerTimes: null })).toMatchObject({
    boundBy: 'launch-overhead',
    reason:
      'this engine runs at 40 % of what this device can do, bound by launch overhead: ' +
      'the device computes for 5.90 ms of the 10.0 ms that the host waits for it',
  })
})

test('between two events a device seems busy while it waits, so that layers alone clear it of launch overhead', () => {
  const timeSplit = split([
    ['compute', 'host', 10],
    ['compute', 'device', 9.9],
  ])
  const busy = (timeMs: number): LayerTimes => ({
    ...{ method: 'kernel time', clock: 'device', queries: 10, otherLayers: 1, otherMs: 0.5 },
    layers: [
      { name: 'copy', operator: 'Memcpy', timeMs: 5 },
      { name: 'all', operator: 'MatMul', timeMs: timeMs - 0.5 },
    ],
  })
  const judged = (layerTimes: LayerTimes | null) =>
    judgeLimits({ work: dense, peak, latencyMs: 10, timeSplit, layerTimes })
  expect(judged(busy(4))).toMatchObject({
    boundBy: 'launch-overhead',
    reason:
      'this engine runs at 40 % of what this device can do, bound by launch overhead: ' +
      'the device computes for 4.00 ms of the 10.0 ms that the host waits for it',
  })
  expect(judged(busy(7))).toMatchObject({ boundBy: 'compute' })
  for (const untold of [null, { notMeasured: 'no profiler' }, { ...busy(4), clock: 'host' as const }])
    expect(judged(untold)).toMatchObject({
      boundBy: 'unknown',
      reason: expect.stringContaining('holds its waits for the host; time by layer would tell them apart'),
    })
})

test('where little of the roof is reached and the parts are missing, the bound stays unknown', () => {
  const parts = split([
    ['host-to-device', 'host', null],
    ['compute', 'host', 390],
  ])
  for (const timeSplit of [null, { notMeasured: 'this backend cannot be taken apart' }, parts])
    expect(judgeLimits({ work: dense, peak, latencyMs: 400, timeSplit, layerTimes: null })).toMatchObject({
      shareOfRoof: 0.01,
      boundBy: 'unknown',
      reason:
        'this engine runs at 1.0 % of what this device can do, what bounds it is unknown: neither compute nor memory ' +
        'is near its limit, and the device’s own times, which would tell, are missing',
    })
})

test('without a latency or counted work there is a reason instead', () => {
  expect(judgeLimits({ work: dense, peak, latencyMs: null, timeSplit: null, layerTimes: null })).toEqual({
    notMeasured: 'The rounds gave no median latency.',
  })
  expect(
    judgeLimits({
      work: { operations: 0, bytes: 10, notCounted: ['Foo'] },
      peak,
      latencyMs: 1,
      timeSplit: null,
      layerTimes: null,
    }),
  ).toEqual({ notMeasured: 'No operator of this model has work that is counted.' })
})

test('shares that are next to nothing, or more than all, are said in words', () => {
  const reasonAt = (latencyMs: number) => {
    const limits = judgeLimits({ work: dense, peak, latencyMs, timeSplit: null, layerTimes: null })
    return 'reason' in limits ? limits.reason : ''
  }
  expect(reasonAt(1e7)).toContain('this engine runs at less than 0.1 % of what this device can do')
  expect(reasonAt(2)).toMatch(/runs at 200 % .* above 100 %, as where its data stay in caches/)
})

test.each([
  ['tf32', 1],
  ['fp16', 0.5],
  ['bf16', 0.5],
  ['int8', 0.25],
] as const)('the bytes of the FP32 file are those of %s, of which each number has fewer', (precision, share) => {
  const limits = judgeLimits({
    work: dense,
    peak: { ...peak, precision },
    latencyMs: 10,
    timeSplit: null,
    layerTimes: null,
  })
  expect(limits).toMatchObject({ work: { ...dense, bytes: 2e8 * share }, intensity: 20 / share })
})

test('large figures are written out', () => {
  const work = { operations: 4e12, bytes: 2e8, notCounted: [] }
  expect(judgeLimits({ work, peak, latencyMs: 8000, timeSplit: null, layerTimes: null })).toMatchObject({
    reason: expect.stringContaining('20000 operations a byte'),
  })
})
