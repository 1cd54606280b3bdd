// What the system says of the whole machine, each figure null where it cannot be read. Clocks of all processors are
// costly to read on a big machine (the kernel asks each one), so at most eight are asked.
import { cpus, freemem, totalmem, uptime } from 'node:os'
import { cpuClockMhz, processorTimes } from './cpu-load.ts'
import { textOrNull, ticksPerSecond } from './process-files.ts'

export interface ProcessorTotals {
  readonly busyMs: number
  readonly totalMs: number
  /** Time of programs and of the kernel for them, and time that a host took away; not interrupts. */
  readonly workMs: number
}

export interface HostFiles {
  processorTotals(): ProcessorTotals | null
  cpuClockMhz(): number | null
  memoryUsedBytes(): number | null
  /** Since the machine started. */
  swapInPages(): number | null
  /** Goes on while the machine sleeps. */
  uptimeMs(): number
}

const mostClocks = 8
const tickMs = 1000 / ticksPerSecond

export function createHostFiles(): HostFiles {
  return {
    processorTotals: () => parseProcessorTotals(textOrNull('/proc/stat')) ?? portableTotals(),
    cpuClockMhz: clockReader(),
    memoryUsedBytes: () => totalmem() - freemem(),
    swapInPages: () => parseSwapIn(textOrNull('/proc/vmstat')),
    uptimeMs: () => uptime() * 1000,
  }
}

/** The line `cpu  user nice system idle iowait irq softirq steal …`, in ticks. */
export function parseProcessorTotals(text: string | null): ProcessorTotals | null {
  const line = text === null ? undefined : /^cpu +(.*)$/m.exec(text)?.[1]
  if (line === undefined) return null
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .map((ticks) => Number(ticks) * tickMs)
  const work = user + nice + system + steal
  const busy = work + irq + softirq
  return { busyMs: busy, totalMs: busy + idle + wait, workMs: work }
}

function portableTotals(): ProcessorTotals | null {
  const { busyMs, totalMs } = processorTimes(cpus())
  return totalMs === 0 ? null : { busyMs, totalMs, workMs: busyMs }
}

export function parseSwapIn(text: string | null): number | null {
  const pages = text === null ? undefined : /^pswpin (\d+)$/m.exec(text)?.[1]
  return pages === undefined ? null : Number(pages)
}

function clockReader(): () => number | null {
  const files = Array.from({ length: mostClocks }, (_, processor) => clockFile(processor))
  const readable = files.filter((file) => textOrNull(file) !== null)
  if (readable.length === 0) return seldom(() => cpuClockMhz(cpus()))
  return () => {
    const clocks = readable.map((file) => Number(textOrNull(file)) / 1000).filter((clock) => clock > 0)
    return clocks.length === 0 ? null : clocks.reduce((sum, clock) => sum + clock, 0) / clocks.length
  }
}

function clockFile(processor: number): string {
  return `/sys/devices/system/cpu/cpu${processor}/cpufreq/scaling_cur_freq`
}

/** Every fifth call reads, the others repeat it: without a clock's own file, the kernel lists every processor. */
function seldom<Value>(read: () => Value): () => Value {
  let call = 0
  let known = read()
  return () => {
    call += 1
    if (call % 5 === 0) known = read()
    return known
  }
}
