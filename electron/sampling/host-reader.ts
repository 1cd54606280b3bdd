// Turns readings of the host into what happened since the previous one: load, foreign load, swap-in, sleep. Our
// processes are the one that runs the benchmark and all its descendants, including this sampling process.

import type { HostFiles, ProcessorTotals } from './host-files.ts'
import { cpuLoadPercent, type ProcessState, ticksPerSecond } from './host-files.ts'

interface HostSample {
  readonly cpuLoadPercent: number | null
  readonly cpuClockMhz: number | null
  readonly memoryUsedBytes: number | null
  readonly foreignCpuPercent: number | null
  readonly swapInPages: number | null
  readonly suspendedMs: number | null
  readonly stoppedProcesses: number[]
}

interface HostReaderDependencies {
  readonly files: HostFiles
  /** Null if unknown. */
  readonly ownProcesses: () => ReadonlySet<number> | null
  readonly stateOf: (pid: number) => ProcessState | null
}

/** Workers start and end rarely, and never during a block; looking for them costs more than everything else here. */
const processesIntervalMs = 1000
/** Both clocks tick in hundredths of a second: a smaller difference is not sleep. */
const shortestSleepMs = 500

export function createHostReader({ files, ownProcesses, stateOf }: HostReaderDependencies) {
  let totals = files.processorTotals()
  let swapIn = files.swapInPages()
  let ticks = new Map<number, number>()
  let ours: ReadonlySet<number> | null = null
  let lookedAtMs: number | null = null
  const foreign = new Set<number>()
  let clockGapMs: number | null = null

  function lookForProcesses(atMs: number): void {
    if (lookedAtMs !== null && atMs - lookedAtMs < processesIntervalMs) return
    lookedAtMs = atMs
    ours = ownProcesses()
  }

  /** Processor time of our processes since the previous reading; a process seen for the first time adds nothing yet. */
  function ownWork(): { readonly workMs: number | null; readonly stopped: number[] } {
    if (ours === null) return { workMs: null, stopped: [] }
    const after = new Map<number, number>()
    const stopped: number[] = []
    let own = 0
    for (const pid of ours) {
      const state = stateOf(pid)
      if (state === null) continue
      after.set(pid, state.cpuTicks)
      own += state.cpuTicks - (ticks.get(pid) ?? state.cpuTicks)
      if (state.isStopped) stopped.push(pid)
    }
    ticks = after
    return { workMs: (own / ticksPerSecond) * 1000, stopped }
  }

  return {
    /** @param atMs on a clock that stops while the machine sleeps. */
    read(atMs: number, elapsedMs: number): HostSample {
      lookForProcesses(atMs)
      const before = totals
      totals = files.processorTotals()
      const { workMs, stopped } = ownWork()
      const swapBefore = swapIn
      swapIn = files.swapInPages()
      const gapBefore = clockGapMs
      clockGapMs = files.uptimeMs() - atMs
      const slept = gapBefore === null ? 0 : clockGapMs - gapBefore
      return {
        cpuLoadPercent: before && totals ? cpuLoadPercent(before, totals) : null,
        cpuClockMhz: files.cpuClockMhz(),
        memoryUsedBytes: files.memoryUsedBytes(),
        foreignCpuPercent: foreignPercent(before, totals, workMs, elapsedMs),
        swapInPages: swapBefore === null || swapIn === null ? null : Math.max(0, swapIn - swapBefore),
        suspendedMs: slept > shortestSleepMs ? slept : 0,
        stoppedProcesses: stopped,
      }
    },
    /** Looks again if there is a new process: a worker counts as ours from its start. */
    isOurs: (pid: number) => {
      if (ours?.has(pid) === true) return true
      if (foreign.has(pid)) return false
      ours = ownProcesses()
      if (ours === null) return false
      if (!ours.has(pid)) foreign.add(pid)
      return ours.has(pid)
    },
  }
}

function foreignPercent(
  before: ProcessorTotals | null,
  after: ProcessorTotals | null,
  ownMs: number | null,
  elapsedMs: number,
): number | null {
  if (before === null || after === null || ownMs === null || elapsedMs <= 0) return null
  const work = after.workMs - before.workMs
  return work < 0 ? null : (Math.max(0, work - ownMs) / elapsedMs) * 100
}
