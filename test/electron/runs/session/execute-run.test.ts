import { expect, test } from 'vitest'
import { appliedNoiseFloor } from '../../../../electron/runs/session/execute-run.ts'
import type { StartMachineSampler } from '../../../../electron/sampling/watching.ts'
import type { NoiseFloor } from '../../../../shared/domain/noise-floor.ts'
import type { SamplingRecord } from '../../../../shared/domain/sampling-record.ts'
import { watchingNotes } from '../../../../shared/sampling/quiet-gate.ts'
import { exampleRecord } from '../../../fakes/example-record.ts'
import { runBench, simulatedPlan } from '../../../fakes/run-bench.ts'
import { silentSampler } from '../../../fakes/silent-sampler.ts'
import { temporaryFolder } from '../../../fakes/temporary-folder.ts'

const quiet: SamplingRecord = {
  preflight: { verdict: 'quiet', reason: 'Nothing.' },
  samples: 10,
  shareOfCore: null,
  gpu: null,
  notRead: [],
  endedEarly: null,
}

test('a quiet run that was watched to its end says only what watching cost', () => {
  expect(watchingNotes({ ...quiet, shareOfCore: 0.0036 }, new Set())).toEqual([
    'Sampling the machine took 0.4 % of one core.',
  ])
})

test('a reader is told of noise before the run, foreign processes during it, and an early end of sampling', () => {
  const sampling: SamplingRecord = {
    ...quiet,
    preflight: { verdict: 'noisy', reason: 'The GPU was 30 % busy.' },
    endedEarly: 'its process ended (SIGKILL)',
  }
  expect(watchingNotes(sampling, new Set([4711, 4712]))).toEqual([
    'The machine was not quiet before the run. The GPU was 30 % busy.',
    'Sampling of the machine ended early: its process ended (SIGKILL). Blocks measured after that have no flags.',
    'Other processes used the GPU during the run: 4711, 4712.',
  ])
})

test('a run whose sampling died goes on, flags nothing, and says so', async () => {
  const dying: StartMachineSampler = (start) => {
    const sampler = silentSampler(start)
    return { ...sampler, summary: () => ({ ...sampler.summary(), endedEarly: 'its process ended (SIGKILL)' }) }
  }
  const bench = await runBench(temporaryFolder(), { startSampler: dying })
  const { record } = await bench.run(simulatedPlan([{ medianMs: 5 }, { medianMs: 4 }]))
  expect(record.state).toBe('completed')
  expect(record.sampling).toEqual({
    preflight: { verdict: 'unknown', reason: 'A simulated run does not depend on the machine.' },
    samples: 0,
    shareOfCore: null,
    gpu: null,
    notRead: [],
    endedEarly: 'its process ended (SIGKILL)',
  })
  expect(record.notes).toContain(
    'Sampling of the machine ended early: its process ended (SIGKILL). Blocks measured after that have no flags.',
  )
})

const { plan } = exampleRecord()
const real = {
  ...plan,
  candidates: [{ backend: 'onnxruntime-node' as const, precision: 'fp32' as const, options: {} }],
}
const floor: NoiseFloor = {
  value: 0.031,
  interval: { low: 0.02, high: 0.05, level: 0.86, method: 'order-statistic' },
  ...{ comparisons: 40, intervalsExcludingOne: 2, preset: 'standard', device: 'cuda' },
  ...{ subject: 'clip-vit-b32', machineHash: 'a'.repeat(64), measuredAt: '2026-11-24T08:00:00.000Z' },
}

test('a run is judged by the floor of its own preset and device', async () => {
  const asked: unknown[] = []
  const noiseFloor = async (...key: unknown[]) => {
    asked.push(key)
    return floor
  }
  const record = { plan: { ...real, preset: 'standard' as const, device: 'cuda' as const } }
  expect(await appliedNoiseFloor({ noiseFloor }, record)).toEqual(floor)
  expect(asked).toEqual([['standard', 'cuda']])
})

test('where it was not measured the record says so, with the command that measures it', async () => {
  const record = { plan: { ...real, preset: 'quick' as const, device: 'cuda' as const } }
  expect(await appliedNoiseFloor({ noiseFloor: async () => null }, record)).toEqual({
    notMeasured: expect.stringMatching(/quick runs on cuda: enginebench noise-floor --preset quick --device cuda$/),
  })
})

test('a simulated run has no machine whose floor could matter, but one with a real case beside it has', async () => {
  const [simulated] = plan.candidates
  if (simulated === undefined) throw new Error('the example has a candidate')
  const noiseFloor = async () => floor
  const applied = (candidates: typeof plan.candidates) =>
    appliedNoiseFloor({ noiseFloor }, { plan: { ...plan, candidates } })
  expect(await applied([simulated])).toEqual({ notMeasured: 'A simulated run does not depend on the machine.' })
  expect(await applied([simulated, ...real.candidates])).toEqual(floor)
})

test('a run with INT8 on ONNX Runtime says what the processor lacks for it, and no other run does', async () => {
  const gap = 'This processor has no VNNI.'
  const notesOf = async (precision: 'int8' | 'fp32') => {
    const bench = await runBench(temporaryFolder(), { int8Gap: async () => gap })
    const plan = simulatedPlan([{ medianMs: 5 }])
    const lacking = { backend: 'onnxruntime', precision, options: {} } as const
    return (await bench.run({ ...plan, candidates: [...plan.candidates, lacking] })).record.notes
  }
  expect(await notesOf('int8')).toContain(gap)
  expect(await notesOf('fp32')).not.toContain(gap)
})
