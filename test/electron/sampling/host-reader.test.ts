import { describe, expect, it } from 'vitest'
import type { HostFiles } from '../../../electron/sampling/host-files.ts'
import { createHostReader } from '../../../electron/sampling/host-reader.ts'

interface Moment {
  /** Of all processors, since the machine started. */
  readonly workMs?: number
  readonly idleMs?: number
  readonly swapIn?: number | null
  readonly uptimeMs?: number
  /** Ticks of processes that are ours; a negative pid is stopped. */
  readonly ours?: Readonly<Record<number, number>> | null
  readonly stopped?: readonly number[]
}

/** The first moment is when the reader is made. */
function readThrough(moments: readonly (Moment & { readonly atMs: number })[]) {
  let now: Moment = moments[0] ?? {}
  const files: HostFiles = {
    processorTotals: () => {
      const { workMs = 0, idleMs = 0 } = now
      return { busyMs: workMs, totalMs: workMs + idleMs, workMs }
    },
    cpuClockMhz: () => 3000,
    memoryUsedBytes: () => 42,
    swapInPages: () => now.swapIn ?? null,
    uptimeMs: () => now.uptimeMs ?? 0,
  }
  const reader = createHostReader({
    files,
    ownProcesses: () => (now.ours === null ? null : new Set(Object.keys(now.ours ?? {}).map(Number))),
    stateOf: (pid) => {
      const cpuTicks = now.ours?.[pid]
      return cpuTicks === undefined ? null : { cpuTicks, isStopped: now.stopped?.includes(pid) === true }
    },
  })
  return moments.slice(1).map((moment, index) => {
    now = moment
    return reader.read(moment.atMs, moment.atMs - (moments[index]?.atMs ?? 0))
  })
}

describe('the host', () => {
  it('counts as foreign what no process of ours did, in percent of one core', () => {
    const [, second] = readThrough([
      { atMs: 0 },
      { atMs: 1000, workMs: 500, idleMs: 1500, uptimeMs: 1000, ours: { 7: 100 } },
      { atMs: 2000, workMs: 2000, idleMs: 2000, uptimeMs: 2000, ours: { 7: 190, 8: 30 } },
    ])
    // 1500 ms of work, 900 of them ours; process 8 is seen for the first time and counts from now on.
    expect(second).toEqual({
      cpuLoadPercent: 75,
      cpuClockMhz: 3000,
      memoryUsedBytes: 42,
      foreignCpuPercent: 60,
      swapInPages: null,
      suspendedMs: 0,
      stoppedProcesses: [],
    })
  })

  it('says null, not 0, where processes cannot be told apart', () => {
    const [first] = readThrough([{ atMs: 0 }, { atMs: 1000, workMs: 500, ours: null }])
    expect(first?.foreignCpuPercent).toBeNull()
  })

  it('is never less than idle when clocks of processes and processors disagree by a tick', () => {
    const [, second] = readThrough([
      { atMs: 0, ours: { 7: 0 } },
      { atMs: 1000, workMs: 0, ours: { 7: 0 } },
      { atMs: 2000, workMs: 100, ours: { 7: 11 } },
    ])
    expect(second?.foreignCpuPercent).toBe(0)
  })

  it('tells pages that came back from swap since the reading before', () => {
    const read = readThrough([
      { atMs: 0, swapIn: 10 },
      { atMs: 1000, swapIn: 10 },
      { atMs: 2000, swapIn: 14 },
      { atMs: 3000, swapIn: null },
    ])
    expect(read.map(({ swapInPages }) => swapInPages)).toEqual([0, 4, null])
  })

  it('fault-29: tells a sleep by the clock that goes on in it, and no sleep by what ticks apart', () => {
    const read = readThrough([
      { atMs: 0 },
      { atMs: 1000, uptimeMs: 501_000 },
      { atMs: 1200, uptimeMs: 501_210 },
      { atMs: 1400, uptimeMs: 531_400 },
    ])
    expect(read.map(({ suspendedMs }) => suspendedMs)).toEqual([0, 0, 29_990])
  })

  it('tells which of our processes are stopped', () => {
    const [first] = readThrough([{ atMs: 0 }, { atMs: 1000, ours: { 7: 0, 8: 0 }, stopped: [8] }])
    expect(first?.stoppedProcesses).toEqual([8])
  })

  it('knows a worker that was started since it last looked, and looks once alone for one that is not ours', () => {
    const ours = new Set([7])
    let looks = 0
    const { read, isOurs } = createHostReader({
      files: {
        processorTotals: () => null,
        cpuClockMhz: () => null,
        memoryUsedBytes: () => null,
        swapInPages: () => null,
        uptimeMs: () => 0,
      },
      ownProcesses: () => {
        looks += 1
        return new Set(ours)
      },
      stateOf: () => null,
    })
    read(0, 0)
    ours.add(8)
    expect([isOurs(7), isOurs(8), isOurs(99), isOurs(99)]).toEqual([true, true, false, false])
    expect(looks).toBe(3)
  })
})
