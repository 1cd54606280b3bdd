// The layout of a roofline chart, for every renderer. Both axes are logarithmic: horizontally, operations per byte
// moved; vertically, operations per second. A roof rises with the device's bandwidth up to its peak in that precision.
// Lengths in pixels, from the chart's upper left corner.
import type { BackendId } from '../../domain/backend.ts'
import { type Precision, precisionLabel } from '../../domain/precision.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import type { DevicePeak } from '../../passes/limits.ts'
import { caseName } from '../case-words.ts'
import { bandwidthText, operationsText, percentText, prefixedTick } from '../figure-text.ts'
import { type Markup, markup } from '../markup.ts'
import { mark } from './cell.ts'
import { logScale, spreadApart } from './scale.ts'

interface RooflineMark {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly x: number
  readonly y: number
  /** Height of the roof above the mark. */
  readonly roofY: number
  /** `TensorRT FP16, 31.0 % of the roof`, to the right of the plot. */
  readonly label: string
  readonly labelY: number
}

interface Roof {
  readonly precision: Precision
  /** From the left edge up to the ridge, and horizontal from there. */
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** `FP16 peak 756 Tops/s`, ending at the plot's right edge. */
  readonly label: string
  readonly labelY: number
}

interface AxisTick {
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
  /** Sources of the peaks, each listed once: `measured: 4096 × 4096 matrix product, 1 GiB copy; 4.02 TB/s`. */
  readonly sources: readonly string[]
}

interface RooflineSize {
  readonly width: number
  readonly height: number
  /** At the right, for the names of cases. */
  readonly labelRoom: number
}

const rooflineSize: RooflineSize = { width: 1032, height: 320, labelRoom: 300 }

const lineHeight = 14
const [leftRoom, topRoom, bottomRoom] = [64, 22, 40]

/** Null if no case of the group has limits. */
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
    xTitle: 'operations per byte (log)',
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

/** Without work or speed there is no point on logarithmic axes. */
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

/** A roofline on the page: a roof for each precision, a mark for each case, a thin line from the mark to its name. */
export function rooflineChart({ width, height, plot, ...chart }: Roofline, name: string): Markup {
  const rows = chart.yTicks.map(
    ({ at, text }, index) =>
      markup`<line x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" class="${index === 0 ? 'axis' : 'grid'}"/><text x="${plot.left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`,
  )
  const columns = chart.xTicks.map(
    ({ at, text }, index) =>
      markup`<line x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.bottom}" class="${index === 0 ? 'axis' : 'grid'}"/><text x="${at}" y="${plot.bottom + 16}" text-anchor="middle">${text}</text>`,
  )
  const roofs = chart.roofs.map(({ points, label, labelY }) => {
    const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
    return markup`<path d="${path}" class="roof"/><text x="${plot.right - 4}" y="${labelY}" text-anchor="end" class="halo">${label}</text>`
  })
  const names = chart.marks.map(
    ({ x, y, label, labelY }) =>
      markup`<path d="M${(x + 7).toFixed(1)} ${y.toFixed(1)}L${plot.right + 10} ${labelY.toFixed(1)}" class="thread"/><text x="${plot.right + 14}" y="${labelY + 4}" class="ink">${label}</text>`,
  )
  const marks = chart.marks.map(
    ({ backend, precision, x, y, roofY }) =>
      markup`<line x1="${x}" x2="${x}" y1="${y}" y2="${roofY}" class="one"/>${mark({ backend, precision }, x, y)}`,
  )
  return markup`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}">${rows}${columns}<text x="${plot.left}" y="${plot.top - 10}" class="note">${chart.yTitle}</text><text x="${plot.right}" y="${height - 6}" text-anchor="end" class="note">${chart.xTitle}</text>${roofs}${names}${marks}</svg>`
}
