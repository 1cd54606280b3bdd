// The machine's series that explains latency best of those that were read: the GPU's clock, else the processor's, else
// its load.

import type { MachinePoint } from '../../../shared/ipc/contract.ts'
import type { MachineSeries } from '../../charts/raw-samples.tsx'

export function machineSeries(points: readonly MachinePoint[]): MachineSeries | null {
  const timesS = points.map(({ atMs }) => atMs / 1000)
  const gpuClocks = points.map(({ gpu }) => (gpu?.smClockMhz == null ? null : gpu.smClockMhz / 1000))
  if (gpuClocks.some((clock) => clock !== null))
    return { title: 'SM clock, GHz', timesS, values: gpuClocks, max: topOf(gpuClocks) }
  const clocks = points.map(({ cpuClockMhz }) => (cpuClockMhz === null ? null : cpuClockMhz / 1000))
  if (clocks.some((clock) => clock !== null)) {
    return { title: 'CPU clock, GHz', timesS, values: clocks, max: topOf(clocks) }
  }
  const loads = points.map(({ cpuLoadPercent }) => cpuLoadPercent)
  return loads.some((load) => load !== null) ? { title: 'CPU load, %', timesS, values: loads, max: 100 } : null
}

/** The half gigahertz above all of them. */
function topOf(clocks: readonly (number | null)[]): number {
  return Math.ceil(clocks.reduce<number>((top, clock) => Math.max(top, clock ?? 0), 0) * 2) / 2
}
