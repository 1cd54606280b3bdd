// Where everything of a roofline chart lies, for whoever draws it. Both axes are logarithmic: across, how many operations
// a case does for each byte that it moves; upwards, how many operations a second. A roof rises with the device's bandwidth
// until its peak of that precision. Lengths in pixels, from the chart's upper left corner.
import type { BackendId } from '../../domain/backend.ts'
import type { DevicePeak } from '../../domain/limits.ts'
import { type Precision, precisionLabel } from '../../domain/precision.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { caseName } from '../case-name.ts'
import { percentText } from '../figure-text.ts'
import { bandwidthText, operationsText, prefixedTick } from '../rate-text.ts'
import { spreadApart } from './labels.ts'
import { logScale } from './log-scale.ts'

export interface RooflineMark {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly x: number
  readonly y: number
  /** Height of the roof above the mark. */
  readonly roofY: number
  /** `TensorRT FP16, 31.0 % of the roof`, at the right of the plot. */
  readonly label: string
  readonly labelY: number
}

export interface Roof {
  readonly precision: Precision
  /** From the left edge up to the ridge, and level from there. */
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** `FP16 peak 756 Tops/s`, ending at the plot's right edge. */
  readonly label: string
  readonly labelY: number
}

export interface AxisTick {
  readonly at: number
  readonly text: string
}

export interface Roofline {
  readonly width: number
  readonly height: number
  readonly plot: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
  readonly xTicks: readonly AxisTick[]
  readonly yTicks: readonly AxisTick[]
  readonly xTitle: string
  readonly yTitle: string
  readonly roofs: readonly Roof[]
  readonly marks: readonly RooflineMark[]
  /** Where the peaks come from, each once: `measured: 4096 × 4096 matrix product, 1 GiB copy; 4.02 TB/s`. */
  readonly sources: readonly string[]
}

export interface RooflineSize {
  readonly width: number
  readonly height: number
  /** At the right, for the names of cases. */
  readonly labelRoom: number
}

export const rooflineSize: RooflineSize = { width: 1032, height: 320, labelRoom: 300 }

const lineHeight = 14
const [leftRoom, topRoom, bottomRoom] = [64, 22, 40]

/** Null where no case of the group has limits. */
export function rooflineOf({ cases }: Pick<GroupRecord, 'cases'>, size: RooflineSize = rooflineSize): Roofline | null {
  const entries = cases.flatMap((entry) => placed(entry))
  if (entries.length === 0) return null
  const plot = {
    left: leftRoom,
    top: topRoom,
    right: size.width - size.labelRoom,
    bottom: size.height - bottomRoom,
  }
  const peaks = distinctPeaks(entries.map(({ peak }) => peak))
  const ridges = peaks.map((peak) => peak.operationsPerSecond / peak.bytesPerSecond)
  const across = logScale(
    [...entries.map(({ intensity }) => intensity), ...ridges.flatMap((ridge) => [ridge / 2, ridge * 2])],
    plot.right - plot.left,
  )
  const upwards = logScale(
    [
      ...entries.map(({ operationsPerSecond }) => operationsPerSecond),
      ...peaks.flatMap(({ operationsPerSecond, bytesPerSecond }) => [
        operationsPerSecond,
        Math.min(operationsPerSecond, bytesPerSecond * across.low),
      ]),
    ],
    plot.bottom - plot.top,
  )
  const x = (value: number) => plot.left + across.position(value)
  const y = (value: number) => plot.bottom - upwards.position(value)
  const labelYs = spreadApart(
    entries.map(({ operationsPerSecond }) => y(operationsPerSecond)),
    lineHeight,
    plot.top,
    plot.bottom,
  )
  const roofYs = spreadApart(
    peaks.map(({ operationsPerSecond }) => y(operationsPerSecond) - 6),
    lineHeight,
    topRoom - 6,
    plot.bottom,
  )
  return {
    width: size.width,
    height: size.height,
    plot,
    xTicks: across.ticks.map((tick) => ({ at: x(tick), text: prefixedTick(tick) })),
    yTicks: upwards.ticks.map((tick) => ({ at: y(tick), text: prefixedTick(tick) })),
    xTitle: 'operations a byte (log)',
    yTitle: 'operations / s (log)',
    roofs: peaks.map((peak, index) => {
      const { operationsPerSecond, bytesPerSecond } = peak
      const start = Math.max(across.low, upwards.low / bytesPerSecond)
      const ridge = operationsPerSecond / bytesPerSecond
      return {
        precision: peak.precision,
        points: [
          ...(ridge > start ? [{ x: x(start), y: y(bytesPerSecond * start) }] : []),
          { x: x(Math.max(ridge, start)), y: y(operationsPerSecond) },
          { x: plot.right, y: y(operationsPerSecond) },
        ],
        label: `${precisionLabel(peak.precision)} peak ${operationsText(operationsPerSecond)}`,
        labelY: roofYs[index] ?? plot.top,
      }
    }),
    marks: entries.map(({ entry, peak, intensity, operationsPerSecond, shareOfRoof }, index) => ({
      caseKey: entry.caseKey,
      backend: entry.backend,
      precision: entry.precision,
      x: x(intensity),
      y: y(operationsPerSecond),
      roofY: y(Math.min(peak.operationsPerSecond, peak.bytesPerSecond * intensity)),
      label: `${caseName(entry)}, ${percentText(shareOfRoof)} of the roof`,
      labelY: labelYs[index] ?? plot.top,
    })),
    sources: [...new Set(peaks.map(({ source, bytesPerSecond }) => `${source}; ${bandwidthText(bytesPerSecond)}`))],
  }
}

interface Placed {
  readonly entry: CaseRecord
  readonly peak: DevicePeak
  readonly intensity: number
  readonly operationsPerSecond: number
  readonly shareOfRoof: number
}

/** Without work or without speed there is no point on logarithmic axes. */
function placed(entry: CaseRecord): readonly Placed[] {
  const { limits } = entry
  if (limits === undefined || 'notMeasured' in limits) return []
  const { peak, intensity, operationsPerSecond, shareOfRoof } = limits
  return intensity > 0 && operationsPerSecond > 0 ? [{ entry, peak, intensity, operationsPerSecond, shareOfRoof }] : []
}

function distinctPeaks(peaks: readonly DevicePeak[]): readonly DevicePeak[] {
  const byNumbers = peaks.map(
    (peak) => [`${peak.precision} ${peak.operationsPerSecond} ${peak.bytesPerSecond}`, peak] as const,
  )
  return [...new Map(byNumbers).values()]
}
