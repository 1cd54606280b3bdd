// How the interval of one comparison narrowed from launch to launch, laid out for every renderer. Across: launches, the
// same for all comparisons of a group. Upwards: the speedup on a logarithmic axis that always shows 1 and the margin
// around it. Early intervals may be wider than the axis; they are cut there. Lengths in pixels.
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import { caseName } from '../case-words.ts'
import { rangeText, ratioText } from '../figure-text.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { launchesText, protocolOf, ratioWords, verdictWords } from '../verdict-words.ts'
import { tickText } from './scale.ts'

interface Tick {
  readonly at: number
  readonly text: string
}

interface LookMark {
  readonly launches: number
  readonly x: number
  readonly y: number
  readonly lowY: number
  readonly highY: number
  /** `after 5 launches: 1.02 × (0.98 – 1.06), undecided`. */
  readonly title: string
}

export interface Narrowing {
  readonly caseKey: string
  readonly width: number
  readonly height: number
  readonly plot: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
  readonly oneY: number
  /** The margin around 1; null if the record has none. */
  readonly band: { readonly top: number; readonly bottom: number } | null
  /** Paths within the plot, to be cut at its edges. */
  readonly area: string
  readonly line: string
  readonly looks: readonly LookMark[]
  /** The picture in a sentence. */
  readonly summary: string
}

export interface NarrowingSize {
  readonly width: number
  readonly height: number
}

const [left, right, top, bottom] = [40, 8, 6, 20]

/** Comparisons of the group that have a picture, in the given order. */
export function narrowed(cases: readonly CaseRecord[]): readonly CaseRecord[] {
  return cases.filter(({ speedup }) => (speedup.path?.length ?? 0) > 0 && speedup.value !== null)
}

/** How to read the pictures. */
export const narrowingNote =
  'Across: launches; up: speedup, log. The band is the interval after each launch, a whisker the interval at a look, the dashed line 1, the grey band around it the margin. A comparison is decided at a look only.'

/** Why a group has no picture. */
export function withoutPathWords(record: Pick<RunRecord, 'protocol'>): string {
  return protocolOf(record) === 1
    ? 'This run was measured by protocol 1, which judged all its rounds at once, so it has no looks on the way.'
    : 'No comparison of this group has an interval over two launches or more.'
}

/** Null for a comparison without a path: a refused one, one launch only, or a record of protocol 1. */
export function narrowingOf(
  entry: CaseRecord,
  group: Pick<GroupRecord, 'cases' | 'launches'>,
  { width, height }: NarrowingSize,
): Narrowing | null {
  const { path = [], looks = [], margin, interval, value } = entry.speedup
  const end = path.at(-1)
  if (end === undefined || value === null) return null
  const plot = { left, top, right: width - right, bottom: height - bottom }
  const most = Math.max(2, ...group.cases.flatMap(({ speedup }) => speedup.path?.at(-1)?.launches ?? []))
  const x = (launches: number) => plot.left + (launches / most) * (plot.right - plot.left)
  const firstLook = looks[0]?.launches ?? 0
  const ratios = [
    ...(margin === undefined ? [1] : [1 - margin, 1 + margin]),
    ...path.filter(({ launches }) => launches >= firstLook).flatMap(({ low, high }) => [low, high]),
    ...(interval === null ? [end.low, end.high] : [interval.low, interval.high]),
  ].filter((ratio) => ratio > 0 && Number.isFinite(ratio))
  const axis = ratioAxis(Math.min(...ratios), Math.max(...ratios))
  const y = (ratio: number) => plot.bottom - axis.share(ratio) * (plot.bottom - plot.top)
  const edge = (points: readonly (readonly [launches: number, ratio: number])[]) =>
    points.map(([launches, ratio]) => `${(x(launches) - plot.left).toFixed(1)} ${(y(ratio) - plot.top).toFixed(1)}`)
  return {
    caseKey: entry.caseKey,
    width,
    height,
    plot,
    xTicks: launchTicks(
      looks.map(({ launches }) => launches),
      end.launches,
      x,
    ),
    yTicks: axis.ticks.map((ratio) => ({ at: y(ratio), text: tickText(ratio) })),
    oneY: y(1),
    band: margin === undefined ? null : { top: y(1 + margin), bottom: y(1 - margin) },
    area: `M${[
      ...edge(path.map(({ launches, high }) => [launches, high])),
      ...edge(path.map(({ launches, low }) => [launches, low] as const)).reverse(),
    ].join('L')}Z`,
    line: `M${edge(path.map((each) => [each.launches, each.value])).join('L')}`,
    looks: looks.map((look) => ({
      launches: look.launches,
      x: x(look.launches),
      y: y(look.value),
      lowY: y(look.interval?.low ?? look.value),
      highY: y(look.interval?.high ?? look.value),
      title: `after ${launchesText(look.launches)}: ${ratioWords(look)}, ${look.verdict}`,
    })),
    summary: summaryOf(entry),
  }
}

/** `ONNX Runtime FP32: from 1.70 – 2.40 after 2 launches to 1.98 – 2.08 after 8 launches; looks after 5, 8; faster.` */
function summaryOf(entry: CaseRecord): string {
  const { path = [], looks = [] } = entry.speedup
  const [first, last] = [path[0], path.at(-1)]
  const range = (point: typeof first) =>
    point === undefined ? '' : `${rangeText(point, ratioText)} after ${launchesText(point.launches)}`
  const narrowing = first === last ? range(first) : `from ${range(first)} to ${range(last)}`
  const looked = looks.length === 0 ? '' : `; looks after ${looks.map(({ launches }) => launches).join(', ')}`
  return `${caseName(entry)}: ${narrowing}${looked}; ${verdictWords(entry.speedup)}.`
}

interface RatioAxis {
  readonly ticks: readonly number[]
  /** 0 at the bottom, 1 at the top. */
  share(ratio: number): number
}

const wantedTicks = 4
const steps = [1, 2, 2.5, 5, 10]

/** Logarithmic, with round ticks of which one is 1. */
function ratioAxis(lowest: number, highest: number): RatioAxis {
  const room = Math.max(0.004, Math.log(highest / lowest)) * 0.08
  const [from, to] = [Math.log(Math.min(1, lowest)) - room, Math.log(Math.max(1, highest)) + room]
  const [low, high] = [Math.exp(from), Math.exp(to)]
  const rough = (high - low) / wantedTicks
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = (steps.find((each) => each * magnitude >= rough * 0.999) ?? 10) * magnitude
  const first = Math.ceil((low - 1) / step)
  const last = Math.floor((high - 1) / step)
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, index) =>
      Number((1 + (first + index) * step).toPrecision(6)),
    ).filter((ratio) => ratio > 0),
    share: (ratio) => (Math.log(Math.max(ratio, 1e-6)) - from) / (to - from),
  }
}

/** The looks, and the last launch if there is room for it. */
function launchTicks(looks: readonly number[], last: number, x: (launches: number) => number): readonly Tick[] {
  const shown = looks.length === 0 || x(last) - x(looks.at(-1) ?? 0) > 18 ? [...looks, last] : [...looks]
  return [...new Set(shown)].map((launches) => ({ at: x(launches), text: String(launches) }))
}

/** One comparison's picture on the page, under its name and its verdict. */
export function narrowingChart({ width, height, plot, ...chart }: Narrowing, backend: CaseRecord['backend']): Markup {
  const [plotWidth, plotHeight] = [plot.right - plot.left, plot.bottom - plot.top]
  const rows = chart.yTicks.map(
    ({ at, text }) =>
      markup`<line x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" class="grid"/><text x="${plot.left - 6}" y="${at + 3.5}" text-anchor="end">${text}</text>`,
  )
  const columns = chart.xTicks.map(
    ({ at, text }) =>
      markup`<line x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.bottom}" class="grid"/><text x="${at}" y="${plot.bottom + 13}" text-anchor="middle">${text}</text>`,
  )
  const band =
    chart.band === null
      ? nothing
      : markup`<rect x="${plot.left}" y="${chart.band.top}" width="${plotWidth}" height="${chart.band.bottom - chart.band.top}" class="margin-band"/>`
  const looks = chart.looks.map(
    ({ x, y, lowY, highY, title }) =>
      markup`<g><title>${title}</title><path d="M${x} ${lowY}V${highY}M${x - 3.5} ${lowY}H${x + 3.5}M${x - 3.5} ${highY}H${x + 3.5}" class="interval"/><circle cx="${x}" cy="${y}" r="3" class="mark b-${backend}"/></g>`,
  )
  return markup`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.summary}">${band}${rows}${columns}<line x1="${plot.left}" x2="${plot.right}" y1="${chart.oneY}" y2="${chart.oneY}" class="one"/><line x1="${plot.left}" x2="${plot.left}" y1="${plot.top}" y2="${plot.bottom}" class="axis"/><svg class="clipped" x="${plot.left}" y="${plot.top}" width="${plotWidth}" height="${plotHeight}"><path d="${chart.area}" class="narrowing b-${backend}"/><path d="${chart.line}" class="line b-${backend}"/></svg>${looks}</svg>`
}
