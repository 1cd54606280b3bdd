// What /proc says of single processes: processor time, whether they are stopped, and which ones descend from another.
// On systems without /proc, and for a process that is gone, the answer is null.
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessState {
  readonly cpuTicks: number
  readonly isStopped: boolean
}

/** Ticks of processor time a second, as Linux counts them for programs. */
export const ticksPerSecond = 100

export function textOrNull(file: string): string | null {
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

/** The name, in brackets, may hold anything; what follows the last bracket is state, parent, …, times at 11 and 12. */
export function parseProcessState(text: string): ProcessState | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const cpuTicks = Number(fields[11]) + Number(fields[12])
  if (!Number.isFinite(cpuTicks)) return null
  return { cpuTicks, isStopped: fields[0] === 'T' || fields[0] === 't' }
}

/**
 * `root` and all that descend from it. Every thread of the root is asked for children, of the others the main thread:
 * workers start theirs from there. Null where the kernel does not tell children.
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
