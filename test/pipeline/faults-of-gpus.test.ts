// What a run makes of a GPU that does not tell, is too hot, is used by others, or is lost: the real sampling and a
// made-up GPU beside workers with processes of their own.
import { describe, expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { fakeBackend, faultPlan } from '../fakes/fake-backend.ts'
import { fakeNvml, given, notGiven } from '../fakes/fake-nvml.ts'
import { nvmlSampler } from '../fakes/nvml-sampler.ts'
import { caseOf, runBench } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const first = 'torch-eager-fp32'
const second = 'torch-eager-fp32.2'

/** Two cases on a made-up GPU that a test may change while they run. */
async function watched(
  readings: Parameters<typeof fakeNvml>[0],
  onEvent: (event: RunEvent) => void = () => {},
  plan = faultPlan([null, null]),
) {
  const backend = fakeBackend()
  const bench = await runBench(root, { ...backend.dependencies, startSampler: nvmlSampler(fakeNvml(readings)) })
  const { record, folder } = await bench.run(plan, onEvent)
  return { record, folder, backend, bench }
}

async function blocksOf(folder: string, record: RunRecord): Promise<readonly SampleBlock[]> {
  const run = await openRunFolder(folder)
  const keys = record.groups[0]?.cases.map(({ caseKey }) => caseKey) ?? []
  return (await Promise.all(keys.map((key) => run.samples('tiny-b1-cuda', key)))).flatMap(({ blocks }) => blocks)
}

describe('fault-22: a GPU that does not tell', () => {
  test('is a run with reasons and no figures; nothing of it is 0, and no block is flagged', async () => {
    const absent = notGiven('not supported')
    const { record, folder } = await watched({
      ...{ smClockMhz: absent, memoryClockMhz: absent, powerMilliwatts: absent, temperatureCelsius: absent },
      ...{ utilizationPercent: absent, clockReasonBits: absent, computeProcesses: absent, energyMillijoules: absent },
    })
    expect(record.state).toBe('completed')
    expect(record.sampling?.notRead).toEqual([
      "The GPU's SM clock is not read: not supported.",
      "The GPU's memory clock is not read: not supported.",
      "The GPU's power is not read: not supported.",
      "The GPU's temperature is not read: not supported.",
      "The GPU's utilisation is not read: not supported.",
      "The GPU's reasons for its clocks is not read: not supported.",
      "The GPU's list of processes is not read: not supported.",
      "The GPU's energy counter is not read: not supported.",
    ])
    expect((await blocksOf(folder, record)).flatMap(({ flags }) => flags)).toEqual([])
    expect(caseOf(record, first).energyJoulesPerImage.value).toBeNull()
  })

  test('what its bits mean is a run that names the bits and blames no heat', async () => {
    const { record, folder } = await watched({ clockReasonBits: given(0x4000n) })
    expect(record.sampling?.notRead).toEqual([
      "The driver gives a reason for the GPU's clocks that is not known here (bits 0x4000).",
    ])
    expect((await blocksOf(folder, record)).flatMap(({ flags }) => flags)).toEqual([])
  })
})

test('fault-23: a GPU that heat slows in the middle has those blocks flagged and kept; the headline is there with and without', async () => {
  let isHot = false
  const { record, folder } = await watched(
    { clockReasonBits: () => given(isHot ? 0x20n : 0n)() },
    (event) => {
      if (event.kind === 'round-completed') isHot = event.round >= 8
    },
    faultPlan([{ blockMs: 25 }, { blockMs: 25 }]),
  )
  const throttled = (await blocksOf(folder, record)).filter(({ flags }) => flags.includes('throttled'))
  expect(throttled.length).toBeGreaterThan(0)
  // A block is judged by the next sample too, so the first of them may be a little earlier.
  expect(throttled.filter(({ round }) => round < 6)).toEqual([])
  const { badges, speedup } = caseOf(record, second)
  expect(badges).toContain('throttled')
  expect(speedup.value).not.toBeNull()
  expect(speedup.withoutFlagged).toMatchObject({ value: expect.any(Number), roundsLeftOut: expect.any(Number) })
  expect(await blocksOf(folder, record)).toHaveLength(24)
})

test('fault-24: processes of others on the GPU flag the blocks beside them, and the record lists them', async () => {
  const { record, folder } = await watched({
    computeProcesses: given([{ pid: 4711, usedBytes: 1e9 }]),
  })
  const flagged = (await blocksOf(folder, record)).filter(({ flags }) => flags.includes('foreign-load'))
  expect(flagged.length).toBeGreaterThan(0)
  expect(caseOf(record, first).badges).toContain('noisy')
  expect(record.notes).toContain('Other processes used the GPU during the run: 4711.')
})

describe('fault-30: a GPU that is lost', () => {
  const lostReading = { value: null, reason: 'gpu is lost', isLost: true } as const

  test('ends every case on it and the run, with what was measured kept, although its workers wait for ever', async () => {
    let isLost = false
    const { record, folder, backend, bench } = await watched(
      { temperatureCelsius: () => (isLost ? lostReading : given(50)()) },
      (event) => {
        if (event.kind === 'round-completed' && event.round === 3) isLost = true
      },
      faultPlan([{ on: 'measure-block', fault: 'stuck', after: 5 }, null], { batchSizes: [1, 2] }),
    )
    expect(record).toMatchObject({ state: 'failed', error: { code: 'gpu-lost', cause: 'gpu is lost' } })
    const ends = record.groups.flatMap(({ cases }) => cases.map(({ state, error }) => [state, error?.code]))
    expect(ends).toEqual(Array(4).fill(['failed', 'gpu-lost']))
    expect((await blocksOf(folder, record)).length).toBeGreaterThanOrEqual(8)
    expect(backend.running()).toEqual([])
    // The application lives on: the next run is a run like any other.
    isLost = false
    expect((await bench.run(faultPlan([null]))).record.state).toBe('completed')
  })

  test('as a worker says it, ends the other cases and the run likewise', async () => {
    const { record, backend } = await watched({}, undefined, faultPlan([{ on: 'warmup', fault: 'gpu-lost' }, null]))
    expect(record).toMatchObject({ state: 'failed', error: { code: 'gpu-lost' } })
    expect([first, second].map((key) => caseOf(record, key).error?.code)).toEqual(['gpu-lost', 'gpu-lost'])
    expect(backend.running()).toEqual([])
  })

  test('in a pass after the rounds, ends the run; what the rounds gave is kept', async () => {
    const lostInPass = { on: 'split-time', fault: 'gpu-lost' }
    const { record } = await watched(
      {},
      undefined,
      faultPlan([lostInPass, lostInPass], { passes: { timeSplit: { queries: 10 } } }),
    )
    expect(record).toMatchObject({ state: 'failed', error: { code: 'gpu-lost' } })
    expect(caseOf(record, second)).toMatchObject({ state: 'completed', sampleCount: 204 })
    expect(caseOf(record, second).latencyMs.p50.value).toBe(0.2)
  })

  test('is nothing to a run on the processor', async () => {
    const { record } = await watched(
      { temperatureCelsius: () => lostReading },
      undefined,
      faultPlan([null], { device: 'cpu' }),
    )
    expect(record.state).toBe('completed')
  })
})
