// Measures memory before the rounds, each case alone in a fresh worker, so that no other worker's pages, caches or peaks
// are counted. This also finds cases that cannot load before anything is timed. On a GPU, the peak of the process is its
// GPU memory, from samples; on a CPU, it is what the worker reports about itself.

import { measured, missing } from '../../../shared/domain/figure.ts'
import type { GpuSample, MachineSample } from '../../../shared/domain/machine-sample.ts'
import type { ProcessPeak } from '../../../shared/domain/run.ts'
import { caseStep, type GroupContext } from './group-context.ts'
import { openCase, type ResidentCase } from './resident-case.ts'
import type { CaseTrial } from './run-case.ts'

/** Two samples later the case's memory has been sampled: allocators keep it between queries. */
const heldMs = 500
const lateSampleMs = 1500

export async function measureMemory(context: GroupContext, trials: readonly CaseTrial[]): Promise<void> {
  for (const trial of trials) {
    if (!trial.isGoing) continue
    const fromMs = elapsedMs(context)
    const resident = await caseStep(context, trial, 'spawn', () => openCase(context, trial))
    if (resident === null) continue
    try {
      context.observer.stageReached('memory', trial.caseKey, 'Measuring memory, alone')
      await caseStep(context, trial, 'memory', async () => {
        trial.memory = await resident.worker.request(
          'measure-memory',
          { iterations: context.rules.memoryIterations },
          context.signal,
        )
        if (context.onGpu && resident.worker.pid !== null) await sampleGpu(context, resident, fromMs)
      })
    } finally {
      await resident.worker.close()
    }
  }
}

async function sampleGpu(context: GroupContext, { trial, worker }: ResidentCase, fromMs: number): Promise<void> {
  const { sampler, signal } = context
  await sampler.caughtUp(elapsedMs(context) + heldMs, lateSampleMs, signal)
  trial.gpuPeak = gpuProcessPeak(sampler.between(fromMs, elapsedMs(context)), worker.pid)
}

function elapsedMs({ nowNs, runStartedAtNs }: GroupContext): number {
  return (nowNs() - runStartedAtNs) / 1e6
}

/**
 * Whether all cases can be held at once: the sum of their peaks leaves a tenth of the free memory. Where a peak is not
 * known, nothing speaks against it.
 */
export function canBeCoResident(trials: readonly CaseTrial[], freeMemoryBytes: number): boolean {
  const peaks = trials.filter((trial) => trial.isGoing).map((trial) => trial.memory?.processPeakBytes.value ?? 0)
  return peaks.reduce((sum, peak) => sum + peak, 0) <= 0.9 * freeMemoryBytes
}

/** The same of the GPU's memory. */
export function fitsOnGpu(trials: readonly CaseTrial[], gpuBytes: number | null): boolean {
  if (gpuBytes === null) return true
  const peaks = trials.filter((trial) => trial.isGoing).map((trial) => trial.gpuPeak?.bytes.value ?? 0)
  return peaks.reduce((sum, peak) => sum + peak, 0) <= 0.9 * gpuBytes
}

/**
 * The peak of GPU memory that a case took, from samples: that of its process where the driver reports it, otherwise how
 * much more of the device was used than before; the record says which. The allocator's figure is separate. @param samples from just before the worker was asked for, in the order of time, while it held what it had taken. */
export function gpuProcessPeak(samples: readonly MachineSample[], workerPid: number | null): ProcessPeak {
  const gpus = samples.flatMap(({ gpu }) => gpu ?? [])
  if (gpus.length === 0) return notRead('No GPU could be sampled while the case was loaded.')
  const own = gpus.flatMap(({ ownProcesses }) => ownProcesses?.find(({ pid }) => pid === workerPid)?.usedBytes ?? [])
  if (own.length > 0) return { bytes: measured(Math.max(...own)), method: 'NVML, this process' }
  return deviceDifference(gpus)
}

/**
 * A worker only ever adds to what is used, so the least of all samples is what was used before it. What is used earlier
 * still than that is of the worker before, which was ending.
 */
function deviceDifference(gpus: readonly GpuSample[]): ProcessPeak {
  const used = gpus.flatMap(({ memoryUsedBytes, foreignProcesses }) =>
    memoryUsedBytes === null ? [] : [{ memoryUsedBytes, foreignProcesses }],
  )
  const [before] = used.toSorted((left, right) => left.memoryUsedBytes - right.memoryUsedBytes)
  if (before === undefined) return notRead('The driver tells neither the memory of this process nor the device’s use.')
  const hadOthers = before.foreignProcesses === null || before.foreignProcesses.length > 0
  if (hadOthers || gpus.some(({ foreignProcesses }) => (foreignProcesses?.length ?? 0) > 0))
    return notRead('The driver does not tell the memory of this process, and others may have used the GPU.')
  const since = used.slice(used.indexOf(before))
  const peak = Math.max(...since.map(({ memoryUsedBytes }) => memoryUsedBytes))
  return { bytes: measured(peak - before.memoryUsedBytes), method: 'NVML, device used less before' }
}

function notRead(reason: string): ProcessPeak {
  return { bytes: missing(reason), method: null }
}
