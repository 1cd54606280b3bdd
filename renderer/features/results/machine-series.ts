// The machine's series that explains latency best of those that were read: the clock, else the load.

import type { MachinePoint } from '../../../shared/ipc/contract.ts'
import type { MachineSeries } from '../../charts/raw-samples.tsx'

export function machineSeries(points: readonly MachinePoint[]): MachineSeries | null {
  const timesS = points.map(({ atMs }) => atMs / 1000)
  const clocks = points.map(({ cpuClockMhz }) => (cpuClockMhz === null ? null : cpuClockMhz / 1000))
  if (clocks.some((clock) => clock !== null)) {
    const max = Math.ceil(Math.max(...clocks.map((clock) => clock ?? 0)) * 2) / 2
    return { title: 'CPU clock, GHz', timesS, values: clocks, max }
  }
  const loads = points.map(({ cpuLoadPercent }) => cpuLoadPercent)
  return loads.some((load) => load !== null) ? { title: 'CPU load, %', timesS, values: loads, max: 100 } : null
}
