// The state of the whole machine; a figure that cannot be read is null. Reading the clocks of all processors is costly
// on a big machine (the kernel asks each one), so at most eight are read.

import { readdirSync, readFileSync } from 'node:fs'
import { cpus, freemem, totalmem, uptime } from 'node:os'

export interface ProcessorTotals {
  readonly busyMs: number
  readonly totalMs: number
  /** Time of programs, of the kernel on their behalf, and time the host took away; without interrupts. */
  readonly workMs: number
}

export interface HostFiles {
  processorTotals(): ProcessorTotals | null
  cpuClockMhz(): number | null
  memoryUsedBytes(): number | null
  /** Since boot. */
  swapInPages(): number | null
  /** Keeps running while the machine sleeps. */
  uptimeMs(): number
}

/** Ticks of processor time per second, as Linux counts them for programs. */
export const ticksPerSecond = 100
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

/**
 * Reads on every fifth call and repeats the value in between: without a file for the clock, the kernel lists every
 * processor.
 */
function seldom<Value>(read: () => Value): () => Value {
  let call = 0
  let known = read()
  return () => {
    call += 1
    if (call % 5 === 0) known = read()
    return known
  }
}

// Percentage of time that all processors together were busy between two readings. Pure.

interface ProcessorTimes {
  readonly busyMs: number
  readonly totalMs: number
}

interface ProcessorReading {
  readonly speed: number
  readonly times: {
    readonly user: number
    readonly nice: number
    readonly sys: number
    readonly idle: number
    readonly irq: number
  }
}

function processorTimes(processors: readonly ProcessorReading[]): ProcessorTimes {
  let busyMs = 0
  let idleMs = 0
  for (const { times } of processors) {
    busyMs += times.user + times.nice + times.sys + times.irq
    idleMs += times.idle
  }
  return { busyMs, totalMs: busyMs + idleMs }
}

/** Null if no time passed between the readings, or a counter decreased. */
export function cpuLoadPercent(before: ProcessorTimes, after: ProcessorTimes): number | null {
  const total = after.totalMs - before.totalMs
  const busy = after.busyMs - before.busyMs
  if (total <= 0 || busy < 0) return null
  return Math.min(100, (busy / total) * 100)
}

/** Mean clock of the processors in MHz; null if the system does not report it (it says 0). */
export function cpuClockMhz(processors: readonly ProcessorReading[]): number | null {
  const speeds = processors.map((processor) => processor.speed).filter((speed) => speed > 0)
  if (speeds.length === 0) return null
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length
}

// Single processes in /proc: processor time, whether they are stopped, their huge pages, and which ones descend from
// another. On systems without /proc, and for a process that is gone, the answer is null.

export interface ProcessState {
  readonly cpuTicks: number
  readonly isStopped: boolean
}

function textOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

export function processState(pid: number): ProcessState | null {
  const text = textOrNull(`/proc/${pid}/stat`)
  return text === null ? null : parseProcessState(text)
}

/**
 * The name, in brackets, may contain anything; after the last bracket come state, parent, …, with the times at 11 and
 * 12.
 */
export function parseProcessState(text: string): ProcessState | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const cpuTicks = Number(fields[11]) + Number(fields[12])
  if (!Number.isFinite(cpuTicks)) return null
  return { cpuTicks, isStopped: fields[0] === 'T' || fields[0] === 't' }
}

/**
 * Memory of a process in transparent huge pages: two workers of the same code differ in speed if only one got them.
 * Reading it holds the process's memory map for some milliseconds, so never read it while the process is timed.
 */
export function hugePageBytes(pid: number): number | null {
  return parseHugePages(textOrNull(`/proc/${pid}/smaps_rollup`))
}

export function parseHugePages(text: string | null): number | null {
  const kibibytes = text === null ? undefined : /^AnonHugePages:\s+(\d+) kB$/m.exec(text)?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

/**
 * `root` and all its descendants. Children are read from every thread of the root, but only from the main thread of the
 * others: workers start theirs from there. Null if the kernel does not report children.
 */
export function descendants(root: number): ReadonlySet<number> | null {
  const found = new Set<number>([root])
  const waiting = childrenOf(root, threadsOf(root))
  if (waiting === null) return null
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (found.has(pid)) continue
    found.add(pid)
    waiting.push(...(childrenOf(pid, [String(pid)]) ?? []))
  }
  return found
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function childrenOf(pid: number, threads: readonly string[]): number[] | null {
  const lists = threads
    .map((thread) => textOrNull(`/proc/${pid}/task/${thread}/children`))
    .filter((list) => list !== null)
  return lists.length === 0 ? null : lists.flatMap((list) => list.trim().split(' ').filter(Boolean).map(Number))
}
