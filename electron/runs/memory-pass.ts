// Memory is measured in a pass of its own before the rounds: each case alone in a fresh worker, so that no other
// worker's pages, caches or peaks are counted. Also finds cases that cannot load before anything is timed. On a GPU the
// process's peak is that of the GPU's memory, as sampled; on a CPU it is what the worker says of itself.
import { caseStep } from './case-step.ts'
import type { CaseTrial } from './case-trial.ts'
import { gpuProcessPeak } from './gpu-memory.ts'
import type { GroupContext } from './group-context.ts'
import { openCase, type ResidentCase } from './resident-case.ts'

/** Two samples later, what the case holds was seen: allocators do not give it back between queries. */
const heldMs = 500
const lateSampleMs = 1500

export async function memoryPass(context: GroupContext, trials: readonly CaseTrial[]): Promise<void> {
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
