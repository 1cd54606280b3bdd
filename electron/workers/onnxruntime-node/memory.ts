// Memory of this process. Linux can reset the peak, so that what only the precision proof used does not count. Garbage
// is collected on demand, so that a block starts with a clean heap and a peak includes no garbage. Bytes, or the reason
// why they cannot be read.
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export type BytesOrReason = { value: number } | { value: null; reason: string }

/** Does nothing if the system cannot: the peak is then that of the process's whole life. */
export async function resetPeak(): Promise<void> {
  if (process.platform === 'linux') await writeFile('/proc/self/clear_refs', '5').catch(() => {})
}

export async function peakResidentBytes(): Promise<BytesOrReason> {
  if (process.platform !== 'linux') return { value: process.resourceUsage().maxRSS * 1024 }
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kibibytes === undefined) return { value: null, reason: 'the system does not report the peak (VmHWM)' }
  return { value: Number(kibibytes) * 1024 }
}

/** Number of threads of this process now; null if it cannot be read. */
export async function threadCount(): Promise<number | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const count = /^Threads:\s+(\d+)$/m.exec(status)?.[1]
  return count === undefined ? null : Number(count)
}

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** V8 frees large buffers in another thread, soon after the collection. */
const returnMs = 100

/** Collects what the last block left; takes about a millisecond. */
export function collectYoung(): void {
  if (typeof collect === 'function') collect({ type: 'minor' })
}

/** Collects everything; resolves when the memory is back with the system. */
export async function collectAll(): Promise<void> {
  if (typeof collect === 'function') collect()
  await pause(returnMs)
}
