// The live chart: one lane per case from zero to twice its median, machine lanes below, one time axis for all. One
// canvas, painted when `version` changes; flagged spans and the wait between launches cross every lane.
import { useEffect, useRef } from 'react'
import type { BackendId } from '../../shared/domain/backend.ts'
import { clock } from '../format/quantity.ts'
import { forEachPoint, type GroupTracks, pointKinds } from '../live/live-tracks.ts'

interface LaneCase {
  readonly caseKey: string
  readonly backend: BackendId
  /** The lane's top is twice this; null until something was measured. */
  readonly medianMs: number | null
}

export interface MachineLane {
  readonly title: string
  readonly max: number
  readonly points: readonly { readonly atMs: number; readonly value: number | null }[]
}

interface LiveLanesProps {
  readonly cases: readonly LaneCase[]
  readonly machine: readonly MachineLane[]
  readonly tracks: GroupTracks
  readonly startMs: number
  readonly endMs: number
  readonly nowMs: number
  readonly width: number
  readonly laneHeight: number
  readonly machineHeight: number
  readonly version: number
  readonly scheme: string
}

export const orderHeight = 34
export const timeAxisHeight = 22

function lanesHeight(props: Pick<LiveLanesProps, 'cases' | 'machine' | 'laneHeight' | 'machineHeight'>): number {
  return (
    orderHeight +
    props.cases.length * props.laneHeight +
    (props.machine.length > 0 ? 10 : 0) +
    props.machine.length * props.machineHeight +
    timeAxisHeight
  )
}

export function LiveLanes(props: LiveLanesProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const height = lanesHeight(props)
  const latest = useRef(props)
  latest.current = props
  const { version, startMs, endMs, width, scheme } = props
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tracks change in place; `version` says when
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) paintLanes(canvas.current, latest.current, height)
    })
    return () => cancelAnimationFrame(frame)
  }, [version, startMs, endMs, width, height, scheme])
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label="Latency of every case over time; figures are in the table"
      style={{ width, height, display: 'block' }}
    />
  )
}

interface Brush {
  readonly context: CanvasRenderingContext2D
  readonly props: LiveLanesProps
  readonly colour: (name: string) => string
  readonly x: (ms: number) => number
  readonly bottom: number
}

/** Paints the live lanes on their canvas. Reads colours from the page, so that both themes and the palette apply. */
function paintLanes(canvas: HTMLCanvasElement, props: LiveLanesProps, height: number): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(props.width * ratio)
  canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const styles = getComputedStyle(document.documentElement)
  const colour = (name: string) => styles.getPropertyValue(name).trim()
  const scale = props.width / (props.endMs - props.startMs)
  const brush: Brush = {
    context,
    props,
    colour,
    x: (ms) => (ms - props.startMs) * scale,
    bottom: height - timeAxisHeight,
  }
  context.font = `10.5px ${colour('--sans')}`
  paintTimeAxis(brush)
  paintSpans(brush)
  paintOrder(brush)
  paintCases(brush)
  paintMachine(brush)
  paintNow(brush)
}

function paintTimeAxis({ context, props, colour, x, bottom }: Brush): void {
  const spanS = (props.endMs - props.startMs) / 1000
  const stepS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800].find((step) => spanS / step <= 8) ?? 3600
  context.textAlign = 'center'
  for (let s = Math.ceil(props.startMs / 1000 / stepS) * stepS; s * 1000 <= props.endMs; s += stepS) {
    const at = Math.round(x(s * 1000)) + 0.5
    if (at < 12 || at > props.width - 12) continue
    context.strokeStyle = colour('--line')
    line(context, at, orderHeight, at, bottom)
    context.fillStyle = colour('--ink-3')
    context.fillText(clock(s * 1000), at, bottom + 16)
  }
}

function paintSpans({ context, props, colour, x, bottom }: Brush): void {
  const lanesBottom = orderHeight + props.cases.length * props.laneHeight
  for (const pause of props.tracks.pauses) {
    context.fillStyle = `rgba(${colour('--shade')}, 0.04)`
    context.fillRect(x(pause.startMs), orderHeight, x(pause.endMs) - x(pause.startMs), lanesBottom - orderHeight)
    context.fillStyle = colour('--ink-3')
    context.textAlign = 'center'
    context.fillText(`launch ${pause.launch + 1} warms up`, x((pause.startMs + pause.endMs) / 2), orderHeight + 12)
  }
  context.fillStyle = colour('--warn-ground')
  for (const span of props.tracks.flagged) {
    context.fillRect(x(span.startMs), orderHeight, Math.max(1, x(span.endMs) - x(span.startMs)), bottom - orderHeight)
  }
}

function paintOrder({ context, props, colour, x }: Brush): void {
  const backends = new Map(props.cases.map(({ caseKey, backend }) => [caseKey, backend]))
  for (const mark of props.tracks.order) {
    if (mark.endMs < props.startMs || mark.startMs > props.endMs) continue
    context.fillStyle = colour(`--b-${backends.get(mark.caseKey) ?? 'simulated'}`)
    context.fillRect(x(mark.startMs), 8, Math.max(1, x(mark.endMs) - x(mark.startMs) - 0.6), 12)
  }
}

function paintCases({ context, props, colour, x }: Brush): void {
  const { laneHeight } = props
  props.cases.forEach(({ caseKey, backend, medianMs }, index) => {
    const top = orderHeight + index * laneHeight
    const base = top + laneHeight - 8
    const reach = laneHeight - 16
    context.strokeStyle = colour('--line-strong')
    line(context, 0.5, top + 7, 0.5, base)
    context.strokeStyle = colour('--line')
    line(context, 0, top + laneHeight - 0.5, props.width, top + laneHeight - 0.5)
    const lane = props.tracks.lanes.get(caseKey)
    if (!lane || medianMs === null) return
    context.setLineDash([1, 3])
    line(context, 0, base - reach / 2, props.width, base - reach / 2)
    context.setLineDash([])
    context.fillStyle = colour(`--b-${backend}`)
    context.strokeStyle = colour(`--b-${backend}`)
    forEachPoint(lane, (timeMs, latencyMs, kind) => {
      if (timeMs < props.startMs || timeMs > props.endMs) return
      const y = base - Math.min(1.08, latencyMs / (2 * medianMs)) * reach
      if (kind === pointKinds.flagged) context.strokeRect(x(timeMs) - 1, y - 1, 2, 2)
      else {
        context.globalAlpha = kind === pointKinds.lead ? 0.35 : 1
        context.fillRect(x(timeMs) - 0.9, y - 0.9, 1.8, 1.8)
      }
    })
    context.globalAlpha = 1
  })
}

function paintMachine({ context, props, colour, x }: Brush): void {
  const firstTop = orderHeight + props.cases.length * props.laneHeight + 10
  props.machine.forEach((lane, index) => {
    const base = firstTop + (index + 1) * props.machineHeight - 8
    const reach = props.machineHeight - 16
    context.strokeStyle = colour('--line-strong')
    line(context, 0, base + 0.5, props.width, base + 0.5)
    context.strokeStyle = colour('--ink-2')
    context.beginPath()
    let pen = false
    for (const { atMs, value } of lane.points) {
      if (value === null || atMs < props.startMs - 2_000 || atMs > props.endMs) {
        pen = false
        continue
      }
      const y = base - Math.min(1, value / lane.max) * reach
      if (pen) context.lineTo(x(atMs), y)
      else context.moveTo(x(atMs), y)
      pen = true
    }
    context.stroke()
  })
}

function paintNow({ context, props, colour, x, bottom }: Brush): void {
  if (props.nowMs < props.startMs || props.nowMs > props.endMs) return
  const at = Math.round(x(props.nowMs)) + 0.5
  context.strokeStyle = colour('--ink')
  line(context, at, 4, at, bottom)
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}
