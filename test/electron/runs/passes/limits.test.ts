import { expect, test } from 'vitest'
import { workerAnswering } from '../../../../electron/backends/backend-driver.ts'
import { createLimitFacts, type LimitFactsDependencies } from '../../../../electron/runs/passes/limits.ts'
import { measurePass } from '../../../../electron/runs/passes/measure-passes.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import { passBench } from '../../../fakes/pass-context.ts'
import { artifact } from '../../../shared/planning/artifact.ts'

const work = { operations: 2e9, bytes: 1e7, notCounted: [] }
const noPython = new BenchError({
  code: 'python-unavailable',
  stage: 'spawn',
  message: 'No Python.',
  remedy: 'Set up.',
})

/** Facts from a worker that answers at once, and what it was asked. */
function factsOf(changes: Partial<LimitFactsDependencies> = {}) {
  const asked: unknown[] = []
  let open = 0
  const worker = workerAnswering(
    {
      'count-work': async (parameters) => {
        asked.push(parameters)
        return { work }
      },
      'measure-peak': async (parameters) => {
        asked.push(parameters)
        const { precision } = parameters
        return { peak: { precision, operationsPerSecond: 1e12, bytesPerSecond: 1e11, source: 'fake' }, versions: {} }
      },
    },
    async () => {
      open -= 1
    },
  )
  const facts = createLimitFacts({
    onnx: artifact({ precision: 'fp32', file: '/fp32.onnx' }),
    inputShape: [4, 3, 224, 224],
    device: 'cuda',
    threads: 2,
    peaks: new Map(),
    openTaskWorker: async () => {
      open += 1
      return worker
    },
    ...changes,
  })
  return { facts, asked, open: () => open }
}

test('a case is held against the peak of what it computed, by the median of its rounds', async () => {
  const { facts, asked, open } = factsOf()
  const { context, runCase } = passBench({ limits: true }, { limits: facts })
  expect(await measurePass('limits', context, runCase)).toMatchObject({
    limits: { work, operationsPerSecond: 2e11, shareOfRoof: 0.2, boundBy: 'compute' },
  })
  expect(asked).toEqual([
    { file: '/fp32.onnx', inputShape: [4, 3, 224, 224] },
    { device: 'cuda', precision: 'fp32', threads: 2 },
  ])
  await measurePass('limits', context, runCase)
  expect([asked.length, open()]).toEqual([2, 0])
})

test('peaks are shared by the groups of a run, one a precision', async () => {
  const peaks: LimitFactsDependencies['peaks'] = new Map()
  const { signal } = new AbortController()
  const first = factsOf({ peaks })
  await first.facts.peak('fp16', signal)
  const second = factsOf({ peaks })
  await second.facts.peak('fp16', signal)
  await second.facts.peak('fp32', signal)
  expect(second.asked).toEqual([{ device: 'cuda', precision: 'fp32', threads: 2 }])
})

test('a device has one bandwidth, the one that was measured first, whatever the precision', async () => {
  const { signal } = new AbortController()
  let measured = 0
  const { facts } = factsOf({
    openTaskWorker: async () => {
      const bytesPerSecond = 1e11 / ++measured
      return workerAnswering({
        'measure-peak': async ({ precision }) => ({
          peak: { precision, operationsPerSecond: 1e12 * measured, bytesPerSecond, source: 'fake' },
          versions: {},
        }),
      })
    },
  })
  const peaks = [await facts.peak('fp32', signal), await facts.peak('fp16', signal)]
  expect(peaks).toMatchObject([
    { operationsPerSecond: 1e12, bytesPerSecond: 1e11 },
    { operationsPerSecond: 2e12, bytesPerSecond: 1e11 },
  ])
})

test.each([
  ['no FP32 file', { onnx: undefined }, /No FP32 ONNX file/],
  ['a file that could not be had', { onnx: noPython }, /No Python/],
  ['no worker', { openTaskWorker: () => Promise.reject(noPython) }, /No Python/],
])('with %s nothing is measured, and the reason is said', async (_, changes, reason) => {
  const { facts } = factsOf(changes)
  const { context, runCase } = passBench({ limits: true }, { limits: facts })
  expect(await measurePass('limits', context, runCase)).toEqual({ notMeasured: expect.stringMatching(reason) })
})
