// What a killed process leaves: unfinished files and temporary folders. Their names hold the process that made them, by
// its id and start, so that the next start can remove those of processes that are gone and keeps those of living ones.
// Where the name does not tell enough, something counts as left once it has not changed for a day.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

const dayMs = 24 * 60 * 60 * 1000
const ownStart = startTicks(process.pid) ?? '0'

/** A name next to `base`, of which nothing but this process knows. */
export function unfinishedName(base: string, extension = ''): string {
  return `${base}.${process.pid}-${ownStart}-${randomUUID()}.unfinished${extension}`
}

/** When a process started, since its id may be given to another later; null if that cannot be read. */
export function startTicks(pid: number): string | null {
  try {
    // Field 22; the name in field 2 may hold spaces, so the text is cut at its closing parenthesis.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** `….123-start-uuid.unfinished`, a worker's `.….123.part`; older versions wrote `….123.unfinished.npy` and `….uuid.unfinished`. */
const unfinishedPattern = /(?:\.(\d+)(?:-(\d+))?)?(?:[.-][0-9a-f-]{36})?\.(?:unfinished(?:\.\w+)?|part)$/
const olderPattern = /^\.(?:incoming|unfinished)-/

export function isUnfinished(name: string): boolean {
  return unfinishedPattern.test(name) || olderPattern.test(name)
}

/**
 * Removes what killed processes left unfinished in a folder. Does nothing if there is no such folder.
 * @param isIncomplete what else is left if it does not change for a day: half of a pair, say.
 */
export async function removeLeftovers(
  folder: string,
  isIncomplete: (name: string) => boolean = () => false,
): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => isUnfinished(each) || isIncomplete(each))) {
    const path = join(folder, name)
    if (await isLeftover(path)) await rm(path, { recursive: true, force: true })
  }
}

/** @param path of something unfinished. */
export async function isLeftover(path: string): Promise<boolean> {
  const [, pid, start] = unfinishedPattern.exec(basename(path)) ?? []
  if (pid !== undefined && !isRunning(Number(pid))) return true
  if (start !== undefined && start !== '0') return startTicks(Number(pid)) !== start
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > dayMs
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
