// What a run looks at before it measures: whether the machine is quiet, and the noise floor that its results will be judged
// by, so that no result can choose its own bar. Also words the notes about how the machine was sampled. Does not judge
// blocks (round-flags.ts) and never stops a run.

import type { AppliedNoiseFloor } from '../../../shared/domain/noise-floor.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import type { Preflight, SamplingRecord } from '../../../shared/domain/sampling-record.ts'
import { judgeQuiet } from '../../../shared/sampling/quiet-gate.ts'
import type { MachineSampler } from '../../sampling/watching.ts'
import type { RunDependencies } from './run-dependencies.ts'
import type { RunRecorder } from './run-recorder.ts'

/** Beyond the observation itself: a sampling process needs a moment to start. */
const startLimitMs = 3000

export interface Observation {
  readonly sampler: MachineSampler
  readonly recorder: RunRecorder
  readonly elapsedMs: () => number
  readonly observeMs: number
  readonly signal: AbortSignal
}

/** Observes the machine before Enginebench starts any work. Rejects only when the run is cancelled. */
export async function observeBefore({
  sampler,
  recorder,
  elapsedMs,
  observeMs,
  signal,
}: Observation): Promise<Preflight> {
  const { plan, fingerprint, groups } = recorder.record
  if (groups.every(({ cases }) => cases.every(({ backend }) => backend === 'simulated'))) {
    return { verdict: 'unknown', reason: 'A simulated run does not depend on the machine.' }
  }
  if (observeMs === 0) return { verdict: 'unknown', reason: 'The machine was not observed before this run.' }
  recorder.stage('plan', null, null, null, 'Checking whether the machine is quiet')
  const fromMs = elapsedMs()
  await sampler.caughtUp(fromMs + observeMs, observeMs + startLimitMs, signal)
  return judgeQuiet(sampler.between(fromMs, elapsedMs()), {
    logicalCores: fingerprint.machine.logicalCores,
    onBattery: fingerprint.machine.onBattery,
    onGpu: plan.device === 'cuda',
    slowdownCelsius: sampler.slowdownCelsius,
  })
}

/** @param foreignGpuProcesses seen at any time of the run. */
export function watchingNotes(sampling: SamplingRecord, foreignGpuProcesses: ReadonlySet<number>): readonly string[] {
  const { preflight, endedEarly, shareOfCore } = sampling
  const notes: string[] = []
  if (preflight.verdict === 'noisy') notes.push(`The machine was not quiet before the run. ${preflight.reason}`)
  if (endedEarly !== null) {
    notes.push(`Sampling of the machine ended early: ${endedEarly}. Blocks measured after that have no flags.`)
  }
  if (foreignGpuProcesses.size > 0) {
    notes.push(`Other processes used the GPU during the run: ${[...foreignGpuProcesses].join(', ')}.`)
  }
  if (shareOfCore !== null) notes.push(`Sampling the machine took ${(shareOfCore * 100).toFixed(1)} % of one core.`)
  return notes
}

export async function appliedNoiseFloor(
  { noiseFloor }: Pick<RunDependencies, 'noiseFloor'>,
  { plan }: Pick<RunRecord, 'plan'>,
): Promise<AppliedNoiseFloor> {
  if (plan.candidates.every(({ backend }) => backend === 'simulated'))
    return { notMeasured: 'A simulated run does not depend on the machine.' }
  const { preset, device } = plan
  return (
    (await noiseFloor(preset, device)) ?? {
      notMeasured: `The noise floor of this machine was not measured for ${preset} runs on ${device}: enginebench noise-floor --preset ${preset}${device === 'cpu' ? '' : ` --device ${device}`}`,
    }
  )
}
