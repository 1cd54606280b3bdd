// Whether the machine was idle in the seconds before a run: quiet, noisy or unknown, with the reason; and the record's
// notes about how the machine was sampled. Never stops a run. Enginebench does no work in those seconds, so any load is
// foreign.
import type { MachineSample } from '../domain/machine-sample.ts'
import type { Preflight, SamplingRecord } from '../domain/sampling-record.ts'
import { foreignLoadLimit } from './foreign-load.ts'

interface GateFacts {
  readonly logicalCores: number
  readonly onBattery: boolean | null
  /** Whether the run uses the GPU. */
  readonly onGpu: boolean
  /** Temperature at which the GPU slows itself; null if it is not reported. */
  readonly slowdownCelsius: number | null
}

const busyGpuPercent = 5
const warmMarginCelsius = 10

/** @param samples only those of the observation. */
export function judgeQuiet(samples: readonly MachineSample[], facts: GateFacts): Preflight {
  const disturbances = [
    foreignProcessors(samples, facts),
    swapping(samples),
    ...(facts.onGpu ? [foreignGpuProcesses(samples), busyGpu(samples), warmGpu(samples, facts)] : []),
    facts.onBattery === true ? 'the machine runs on its battery' : null,
  ].filter((disturbance) => disturbance !== null)
  if (disturbances.length > 0) return { verdict: 'noisy', reason: `${sentence(disturbances)}.` }
  const blind = unseen(samples, facts)
  if (blind !== null) return { verdict: 'unknown', reason: blind }
  return { verdict: 'quiet', reason: 'Nothing else kept the machine busy in the seconds before the run.' }
}

function unseen(samples: readonly MachineSample[], { onGpu }: GateFacts): string | null {
  if (samples.length === 0) return 'The machine could not be observed before the run.'
  if (samples.every(({ foreignCpuPercent }) => (foreignCpuPercent ?? null) === null)) {
    return 'Processor time of other processes cannot be read here.'
  }
  if (!onGpu) return null
  if (samples.every(({ gpu }) => (gpu ?? null) === null)) return 'The GPU cannot be read here.'
  if (samples.every(({ gpu }) => gpu?.foreignProcesses === null))
    return 'Processes on the GPU cannot be told apart here.'
  return null
}

function foreignProcessors(samples: readonly MachineSample[], { logicalCores }: GateFacts): string | null {
  const loads = samples.map(({ foreignCpuPercent }) => foreignCpuPercent ?? null).filter((load) => load !== null)
  if (loads.length === 0) return null
  const load = loads.reduce((sum, each) => sum + each, 0) / loads.length
  return load > foreignLoadLimit(logicalCores) ? `other processes used ${Math.round(load)} % of a core` : null
}

function swapping(samples: readonly MachineSample[]): string | null {
  return samples.some(({ swapInPages }) => (swapInPages ?? 0) > 0) ? 'memory was read back from swap' : null
}

function foreignGpuProcesses(samples: readonly MachineSample[]): string | null {
  const pids = [...new Set(samples.flatMap(({ gpu }) => gpu?.foreignProcesses ?? []))]
  if (pids.length === 0) return null
  return `other processes were on the GPU (${pids.join(', ')})`
}

function busyGpu(samples: readonly MachineSample[]): string | null {
  const busiest = Math.max(0, ...samples.map(({ gpu }) => gpu?.utilizationPercent ?? 0))
  return busiest > busyGpuPercent ? `the GPU was ${Math.round(busiest)} % busy` : null
}

function warmGpu(samples: readonly MachineSample[], { slowdownCelsius }: GateFacts): string | null {
  if (slowdownCelsius === null) return null
  const warmest = Math.max(0, ...samples.map(({ gpu }) => gpu?.temperatureCelsius ?? 0))
  if (warmest <= slowdownCelsius - warmMarginCelsius) return null
  return `the GPU had ${Math.round(warmest)} °C and slows itself at ${Math.round(slowdownCelsius)} °C`
}

function sentence(parts: readonly string[]): string {
  const text = parts.join('; ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * What a reader of the record must know about the machine during the run.
 *
 * @param foreignGpuProcesses seen at any time of the run
 */
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
