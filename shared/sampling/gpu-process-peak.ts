// The GPU memory of one process, read from samples of the machine.
import { measured, missing } from '../domain/figure.ts'
import type { GpuSample, MachineSample } from '../domain/machine-sample.ts'
import type { ProcessPeak } from '../domain/run.ts'

/**
 * A case's peak GPU memory, from samples: that of its process if the driver reports it, otherwise the increase in used
 * device memory; the record says which. The allocator's figure is separate.
 *
 * @param samples from just before the worker was started until it held all its memory, in time order
 */
export function gpuProcessPeak(samples: readonly MachineSample[], workerPid: number | null): ProcessPeak {
  const gpus = samples.flatMap(({ gpu }) => gpu ?? [])
  if (gpus.length === 0) return notRead('No GPU could be sampled while the case was loaded.')
  const own = gpus.flatMap(({ ownProcesses }) => ownProcesses?.find(({ pid }) => pid === workerPid)?.usedBytes ?? [])
  if (own.length > 0) return { bytes: measured(Math.max(...own)), method: 'NVML, this process' }
  return deviceDifference(gpus)
}

/**
 * A worker only adds memory, so the smallest sample is the use before it. Higher use earlier belongs to the previous
 * worker, which was ending.
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
