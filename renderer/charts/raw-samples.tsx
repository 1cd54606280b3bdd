// Every sample of one case over time, ms from zero, with flagged blocks hollow and labelled; below, on the same axis,
// the machine's series. Drawn with uPlot; each pixel is painted once.
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { drawCloud, flattenBlocks, type SampleSeries } from './sample-cloud.ts'

export interface MachineSeries {
  readonly title: string
  readonly timesS: readonly number[]
  readonly values: readonly (number | null)[]
  readonly max: number
}

interface RawSamplesProps {
  readonly blocks: readonly SampleBlock[]
  readonly machine: MachineSeries | null
  /** A custom property's name: `--b-tensorrt`. */
  readonly colour: string
  /** The top is twice the case's median, or lower if its slowest sample is lower. */
  readonly topMs: number
  readonly width: number
  readonly label: string
  /** Changes when the colours do, so that the canvas is repainted. */
  readonly scheme: string
}

const laneHeight = 46
const samplesHeight = 118

export function RawSamples({ blocks, machine, colour, topMs, width, label, scheme }: RawSamplesProps) {
  const host = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `scheme` stands for the colours read from the page
  useEffect(() => {
    const box = host.current
    if (!box || blocks.length === 0) return
    const plots = [plotSamples(box, blocks, colour, topMs, width, machine === null)]
    if (machine) plots.push(plotMachine(box, machine, blocks, width))
    return () => {
      for (const plot of plots) plot.destroy()
    }
  }, [blocks, machine, colour, topMs, width, scheme])
  return <div ref={host} role="img" aria-label={label} className="raw-samples" />
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function axes(values: uPlot.Axis['values'], splits: number[], withTime: boolean): uPlot.Axis[] {
  const shared = { font: `10.5px ${token('--sans')}`, stroke: token('--ink-3') }
  return [
    {
      ...shared,
      show: withTime,
      size: 22,
      gap: 4,
      grid: { show: false },
      ticks: { show: false },
      values: (_, times) => times.map((time) => `${time} s`),
    },
    {
      ...shared,
      size: 38,
      gap: 6,
      splits: () => splits,
      grid: { stroke: token('--line'), width: 1 },
      ticks: { show: false },
      ...(values ? { values } : {}),
    },
  ]
}

function timeRange(blocks: readonly SampleBlock[]): [number, number] {
  const start = (blocks[0]?.startedAtNs ?? 0) / 1e9
  const end = (blocks.at(-1)?.endedAtNs ?? 1) / 1e9
  return [Math.floor(start), Math.max(Math.ceil(end), Math.floor(start) + 1)]
}

function plotSamples(
  box: HTMLElement,
  blocks: readonly SampleBlock[],
  colour: string,
  topMs: number,
  width: number,
  withTime: boolean,
): uPlot {
  const { timesS, latenciesMs, isFlagged, flagged } = flattenBlocks(blocks)
  const draw = (plot: uPlot) => {
    const { ctx, bbox } = plot
    const ratio = uPlot.pxRatio
    const [from, to] = timeRange(blocks)
    ctx.save()
    const left = (atS: number) => bbox.left + ((atS - from) / (to - from)) * bbox.width
    ctx.fillStyle = token('--warn-ground')
    for (const { startS, endS } of flagged) {
      ctx.fillRect(left(startS), bbox.top, Math.max(2 * ratio, left(endS) - left(startS)), bbox.height)
    }
    ctx.fillStyle = token(colour)
    ctx.strokeStyle = token(colour)
    ctx.lineWidth = ratio * 0.7
    drawCloud(
      ctx,
      bbox,
      latenciesMs.length,
      1.8 * ratio,
      (index) => (((timesS[index] ?? 0) - from) / (to - from)) * bbox.width,
      (index) => Math.max(1, (1 - (latenciesMs[index] ?? 0) / topMs) * bbox.height),
      (index) => isFlagged[index] === 1,
    )
    nameFlags(ctx, bbox, flagged, left, ratio)
    ctx.restore()
  }
  return new uPlot(
    {
      width,
      height: samplesHeight + (withTime ? 22 : 0),
      padding: [6, 16, withTime ? 0 : 6, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: () => timeRange(blocks) }, y: { range: () => [0, topMs] } },
      axes: axes(undefined, [0, topMs / 2, topMs], withTime),
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      hooks: { draw: [draw] },
    },
    [timesS, latenciesMs],
    box,
  )
}

interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Each flag is labelled once, at its first span. */
function nameFlags(
  context: CanvasRenderingContext2D,
  frame: Frame,
  spans: SampleSeries['flagged'],
  left: (atS: number) => number,
  ratio: number,
): void {
  context.font = `${10.5 * ratio}px ${token('--sans')}`
  context.textAlign = 'left'
  context.lineJoin = 'round'
  context.lineWidth = 3 * ratio
  context.strokeStyle = token('--ground')
  context.fillStyle = token('--warn')
  const said = new Set<string>()
  for (const { startS, flags } of spans) {
    for (const flag of flags) {
      if (said.has(flag)) continue
      const name = flag.replaceAll('-', ' ')
      const at = Math.min(left(startS), frame.left + frame.width - context.measureText(name).width)
      const line = frame.top + (9 + 12 * said.size) * ratio
      context.strokeText(name, at, line)
      context.fillText(name, at, line)
      said.add(flag)
    }
  }
}

function plotMachine(box: HTMLElement, machine: MachineSeries, blocks: readonly SampleBlock[], width: number): uPlot {
  return new uPlot(
    {
      width,
      height: laneHeight + 22,
      padding: [6, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: () => timeRange(blocks) }, y: { range: () => [0, machine.max] } },
      axes: axes(undefined, [0, machine.max], true),
      series: [{}, { stroke: token('--ink-2'), width: 1, points: { show: false } }],
    },
    [[...machine.timesS], [...machine.values]],
    box,
  )
}
