// Tells whether the process that marked a run folder is still the one running: a pid alone may have been given to
// another since, so the boot and, where it can be read, the process's own start time are part of the mark.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

export const processMarkSchema = z.object({
  pid: z.number().int().positive(),
  /** Null where the platform has none; then the pid decides alone. */
  bootId: z.string().nullable(),
  startTicks: z.string().nullable(),
})
export type ProcessMark = z.infer<typeof processMarkSchema>

export async function thisProcess(): Promise<ProcessMark> {
  return { pid: process.pid, bootId: await bootId(), startTicks: await startTicks(process.pid) }
}

export async function isAlive(mark: ProcessMark): Promise<boolean> {
  if (mark.bootId !== (await bootId())) return false
  try {
    process.kill(mark.pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return mark.startTicks === (await startTicks(mark.pid))
}

async function bootId(): Promise<string | null> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null))?.trim() ?? null
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces, so it is cut at its closing parenthesis. */
async function startTicks(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
