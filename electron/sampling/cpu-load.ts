// The share of time that all processors together were busy between two readings, in percent. Pure.
export interface ProcessorTimes {
  readonly busyMs: number
  readonly totalMs: number
}

export interface ProcessorReading {
  readonly speed: number
  readonly times: {
    readonly user: number
    readonly nice: number
    readonly sys: number
    readonly idle: number
    readonly irq: number
  }
}

export function processorTimes(processors: readonly ProcessorReading[]): ProcessorTimes {
  let busyMs = 0
  let idleMs = 0
  for (const { times } of processors) {
    busyMs += times.user + times.nice + times.sys + times.irq
    idleMs += times.idle
  }
  return { busyMs, totalMs: busyMs + idleMs }
}

/** Null where no time passed between the readings, or a counter went back. */
export function cpuLoadPercent(before: ProcessorTimes, after: ProcessorTimes): number | null {
  const total = after.totalMs - before.totalMs
  const busy = after.busyMs - before.busyMs
  if (total <= 0 || busy < 0) return null
  return Math.min(100, (busy / total) * 100)
}

/** Mean clock of the processors in MHz; null where the system does not tell (it says 0). */
export function cpuClockMhz(processors: readonly ProcessorReading[]): number | null {
  const speeds = processors.map((processor) => processor.speed).filter((speed) => speed > 0)
  if (speeds.length === 0) return null
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length
}
