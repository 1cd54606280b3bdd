import { expect, test } from 'vitest'
import { createSimulatedDriver, SimulatedClock } from '../../../electron/backends/simulated-driver.ts'
import { backendStatusSchema } from '../../../shared/domain/backend.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

const { signal } = new AbortController()
const rule = { targetMs: 250, minimumSamples: 20, capMs: 2000, floorSamples: 3 }

function caseWith(options: Record<string, unknown>): WorkerCase {
  return {
    backend: 'simulated',
    precision: 'fp32',
    model: exampleManifest(),
    modelFolder: '/models/tiny',
    weights: { origin: 'own', folder: null, seed: 1 },
    onnxFile: null,
    batchSize: 1,
    input: { file: '', sha256: '', shape: [1, 3, 4, 4] },
    device: 'cpu',
    threads: 2,
    options,
  }
}

async function prepared(options: Record<string, unknown>, clock = new SimulatedClock()) {
  const worker = await createSimulatedDriver(clock).open(() => {}, signal)
  await worker.request('prepare', { case: caseWith(options) }, signal)
  return worker
}

test('it says of itself that it can always run and what it can be told', async () => {
  const status = await createSimulatedDriver().describe()
  expect(backendStatusSchema.parse(status)).toEqual(status)
  expect(status).toMatchObject({ available: true, reason: null, runsIn: 'built-in' })
  expect(Object.keys(status.optionsSchema?.properties ?? {})).toContain('medianMs')
})

test('a block takes as many samples as its rule asks for, on the simulated clock', async () => {
  const lengths = []
  for (const medianMs of [1, 10, 50, 200, 5000]) {
    const clock = new SimulatedClock()
    const worker = await prepared({ medianMs, spread: 0 }, clock)
    const before = clock.nowNs()
    const block = await worker.request('measure-block', rule, signal)
    lengths.push(block.latenciesMs.length)
    expect(block.startedAtNs).toBe(before)
    expect(block.endedAtNs).toBe(clock.nowNs())
    expect(block.endedAtNs - block.startedAtNs).toBeCloseTo(block.latenciesMs.length * medianMs * 1e6, -2)
  }
  expect(lengths).toEqual([250, 25, 20, 10, 3])
})

test('the same seed gives the same samples, and two workers of one driver differ', async () => {
  const first = await (await prepared({})).request('measure-block', rule, signal)
  const second = await (await prepared({})).request('measure-block', rule, signal)
  expect(second.latenciesMs).toEqual(first.latenciesMs)
  const driver = createSimulatedDriver(new SimulatedClock())
  const samples = []
  for (let count = 0; count < 2; count += 1) {
    const worker = await driver.open(() => {}, signal)
    await worker.request('prepare', { case: caseWith({}) }, signal)
    samples.push((await worker.request('measure-block', rule, signal)).latenciesMs)
  }
  expect(samples[0]).not.toEqual(samples[1])
})

test('drift makes later blocks slower', async () => {
  const worker = await prepared({ spread: 0, driftPerBlock: 0.1 })
  const first = await worker.request('measure-block', rule, signal)
  const second = await worker.request('measure-block', rule, signal)
  expect((second.latenciesMs[0] ?? 0) / (first.latenciesMs[0] ?? 1)).toBeCloseTo(1.1, 9)
})

test('options that cannot be read are refused with what is wrong', async () => {
  await expect(prepared({ medianMs: -1 })).rejects.toMatchObject({ record: { code: 'bad-usage' } })
  await expect(prepared({ speed: 9 })).rejects.toMatchObject({ record: { code: 'bad-usage' } })
})

test('a paced worker that is cancelled in the middle rejects with the signal’s reason', async () => {
  const controller = new AbortController()
  const worker = await prepared({})
  await worker.close()
  await worker.request('prepare', { case: caseWith({ pace: 0 }) }, signal)
  const slow = await createSimulatedDriver(new SimulatedClock()).open(() => {}, signal)
  const loading = slow.request('prepare', { case: caseWith({ pace: 10 }) }, controller.signal)
  const reason = new Error('cancelled')
  controller.abort(reason)
  await expect(loading).rejects.toBe(reason)
})
