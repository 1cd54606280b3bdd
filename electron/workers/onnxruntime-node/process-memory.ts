// Peak resident memory of this process, from the operating system. Linux lets the peak be set back, so that what was
// used only to prove the precision does not count. Bytes; a reason where it cannot be read.
import { readFile, writeFile } from 'node:fs/promises'

export type BytesOrReason = { value: number } | { value: null; reason: string }

/** Does nothing where the system has no such switch: the peak is then of the whole life of the process. */
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

/** Threads of this process now; null where it cannot be read. */
export async function threadCount(): Promise<number | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const count = /^Threads:\s+(\d+)$/m.exec(status)?.[1]
  return count === undefined ? null : Number(count)
}
