// The machine's own series under the cases: what can be read here. What cannot is left out, not drawn at zero. Where a
// GPU is sampled its lanes come first, and of the processor only the load stays.
import type { MachinePoint } from '../../../shared/ipc/contract.ts'
import type { MachineLane } from '../../charts/live-lanes.tsx'

export interface NamedMachineLane extends MachineLane {
  readonly unit: string
  readonly topText: string
  readonly nowText: string
}

const gibibyte = 1024 ** 3

export function machineLanes(points: readonly MachinePoint[]): readonly NamedMachineLane[] {
  const gpu = [
    lane('GPU memory', 'GiB', points, ({ gpu: now }) => inGibibytes(now?.memoryUsedBytes), null, 1),
    lane('Board power', 'W', points, ({ gpu: now }) => now?.powerWatts ?? null, null, 0),
    lane('SM clock', 'MHz', points, ({ gpu: now }) => now?.smClockMhz ?? null, null, 0),
    lane('GPU temperature', '°C', points, ({ gpu: now }) => now?.temperatureCelsius ?? null, 100, 0),
  ].filter((each) => each !== null)
  const load = lane('CPU load', '%', points, ({ cpuLoadPercent }) => cpuLoadPercent, 100, 0)
  if (gpu.length > 0) return [...gpu, ...(load ? [load] : [])]
  const lanes = [
    load,
    lane('CPU clock', 'MHz', points, ({ cpuClockMhz }) => cpuClockMhz, null, 0),
    lane('Memory used', 'GiB', points, ({ memoryUsedBytes }) => inGibibytes(memoryUsedBytes), null, 1),
  ]
  return lanes.filter((each) => each !== null)
}

function inGibibytes(bytes: number | null | undefined): number | null {
  return bytes == null ? null : bytes / gibibyte
}

function lane(
  title: string,
  unit: string,
  points: readonly MachinePoint[],
  read: (point: MachinePoint) => number | null,
  fixedMax: number | null,
  digits: number,
): NamedMachineLane | null {
  const series = points.map((point) => ({ atMs: point.atMs, value: read(point) }))
  const known = series.flatMap(({ value }) => (value === null ? [] : [value]))
  const last = known.at(-1)
  if (last === undefined) return null
  const max = fixedMax ?? roundUp(Math.max(...known) * 1.15)
  return { title, unit, points: series, max, topText: String(max), nowText: last.toFixed(digits) }
}

function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return Math.ceil(value / magnitude) * magnitude
}
