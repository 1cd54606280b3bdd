import { expect, test } from 'vitest'
import { watchingNotes } from '../../../electron/runs/watched-run.ts'
import type { StartMachineSampler } from '../../../electron/sampling/watching.ts'
import type { SamplingRecord } from '../../../shared/domain/sampling-record.ts'
import { runBench, simulatedPlan } from '../../fakes/run-bench.ts'
import { silentSampler } from '../../fakes/silent-sampler.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

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
    'Sampling of the machine ended early: its process ended (SIGKILL). Blocks measured after that carry no flags of it.',
    'Other processes computed on the GPU during the run: 4711, 4712.',
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
    'Sampling of the machine ended early: its process ended (SIGKILL). Blocks measured after that carry no flags of it.',
  )
})
