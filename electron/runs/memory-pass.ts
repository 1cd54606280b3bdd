// Memory is measured in a pass of its own before the rounds: each case alone in a fresh worker, so that no other
// worker's pages, caches or peaks are counted. Also finds cases that cannot load before anything is timed.
import { caseStep } from './case-step.ts'
import type { CaseTrial } from './case-trial.ts'
import type { GroupContext } from './group-context.ts'
import { openCase } from './resident-case.ts'

export async function memoryPass(context: GroupContext, trials: readonly CaseTrial[]): Promise<void> {
  for (const trial of trials) {
    if (!trial.isGoing) continue
    const resident = await caseStep(context, trial, 'spawn', () => openCase(context, trial))
    if (resident === null) continue
    try {
      context.observer.stageReached('memory', trial.caseKey, 'Measuring memory, alone')
      await caseStep(context, trial, 'memory', async () => {
        trial.memory = await resident.worker.measureMemory(context.rules.memoryIterations, context.signal)
      })
    } finally {
      await resident.worker.close()
    }
  }
}

/**
 * Whether all cases can be held at once: the sum of their peaks leaves a tenth of the free memory. Where a peak is not
 * known, nothing speaks against it.
 */
export function canBeCoResident(trials: readonly CaseTrial[], freeMemoryBytes: number): boolean {
  const peaks = trials.filter((trial) => trial.isGoing).map((trial) => trial.memory?.processPeakBytes.value ?? 0)
  return peaks.reduce((sum, peak) => sum + peak, 0) <= 0.9 * freeMemoryBytes
}
