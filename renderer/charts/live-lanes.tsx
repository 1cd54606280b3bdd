// The live picture: a lane a case from zero to twice its median, machine lanes under them, one time axis for all.
// One canvas, painted when `version` changes; flagged spans and the wait between launches cross every lane.
import { useEffect, useRef } from 'react'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { GroupTracks } from '../live/live-tracks.ts'
import { paintLanes } from './live-lanes-paint.ts'

interface LaneCase {
  readonly caseKey: string
  readonly backend: BackendId
  /** Twice this is the lane's top; null while nothing was measured. */
  readonly medianMs: number | null
}

export interface MachineLane {
  readonly title: string
  readonly max: number
  readonly points: readonly { readonly atMs: number; readonly value: number | null }[]
}

export interface LiveLanesProps {
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
      aria-label="Latency of every case over time; the table has the figures"
      style={{ width, height, display: 'block' }}
    />
  )
}
