// Measures memory before the rounds, one case at a time in a fresh worker, so that no other worker's pages, caches or
// peaks are counted. This also finds cases that cannot load before anything is timed. On a GPU, the peak of the process
// is its GPU memory, from samples; on a CPU, it is what the worker reports about itself.
import { gpuProcessPeak } from '../../../shared/sampling/gpu-process-peak.ts'
import { caseStep, type GroupContext, openCase, type ResidentCase } from './case-steps.ts'
import type { RunCase } from './run-case.ts'

/** Two samples later the case's memory has been sampled: allocators keep it between queries. */
const heldMs = 500
const lateSampleMs = 1500

export async function measureMemory(context: GroupContext, runCases: readonly RunCase[]): Promise<void> {
  for (const runCase of runCases) {
    if (!runCase.isGoing) continue
    const fromMs = elapsedMs(context)
    const resident = await caseStep(context, runCase, 'spawn', () => openCase(context, runCase))
    if (resident === null) continue
    try {
      context.observer.stageReached('memory', runCase.caseKey, 'Measuring memory')
      await caseStep(context, runCase, 'memory', async () => {
        runCase.memory = await resident.worker.request(
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

async function sampleGpu(context: GroupContext, { runCase, worker }: ResidentCase, fromMs: number): Promise<void> {
  const { sampler, signal } = context
  await sampler.caughtUp(elapsedMs(context) + heldMs, lateSampleMs, signal)
  runCase.gpuPeak = gpuProcessPeak(sampler.between(fromMs, elapsedMs(context)), worker.pid)
}

function elapsedMs({ nowNs, runStartedAtNs }: GroupContext): number {
  return (nowNs() - runStartedAtNs) / 1e6
}
