// Memory of a process and all that it started.
import { readdirSync, readFileSync } from 'node:fs'

const pageBytes = 4096

/** PSS: pages that processes share are counted once between them. Null where the system does not tell. */
export function proportionalMemoryBytes(root: number): number | null {
  try {
    return treeOf(root).reduce((sum, pid) => sum + proportionalSize(pid), 0)
  } catch {
    return null
  }
}

/** Resident bytes of what a process started, itself left out. Shared pages count in each; quick to read. */
export function startedMemoryBytes(root: number): number {
  return treeOf(root)
    .filter((pid) => pid !== root)
    .reduce((sum, pid) => sum + residentSize(pid), 0)
}

function treeOf(root: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }))
  const childrenOf = (pid: number): number[] => parents.filter(({ parent }) => parent === pid).map((entry) => entry.pid)
  const withChildren = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(withChildren)]
  return withChildren(root)
}

function parentOf(pid: number): number | null {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
    return Number(afterName.split(' ')[1])
  } catch {
    return null
  }
}

function proportionalSize(pid: number): number {
  const found = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Number(found?.[1] ?? 0) * 1024
}

/** 0 where the process has ended meanwhile. */
function residentSize(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * pageBytes
  } catch {
    return 0
  }
}
