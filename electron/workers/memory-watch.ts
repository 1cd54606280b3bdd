// What is known of a worker's memory when it dies: read at each heartbeat, so that a SIGKILL can be explained.
import { freeMemoryShare, type MemoryEvidence, memoryKillCount, residentBytes } from './exit-error.ts'

export interface MemoryWatch {
  look(): void
  evidence(): MemoryEvidence
}

/** @param pidOf some processes know their id only after they started. */
export function createMemoryWatch(pidOf: () => number | null): MemoryWatch {
  const killsBefore = memoryKillCount()
  let lastResidentBytes: number | null = null
  let smallestFreeShare: number | null = null
  return {
    look() {
      const pid = pidOf()
      lastResidentBytes = (pid === null ? null : residentBytes(pid)) ?? lastResidentBytes
      smallestFreeShare = Math.min(smallestFreeShare ?? 1, freeMemoryShare())
    },
    evidence() {
      const killsNow = memoryKillCount()
      const memoryKills = killsNow === null || killsBefore === null ? null : killsNow - killsBefore
      return { lastResidentBytes, memoryKills, smallestFreeShare }
    },
  }
}
