// Which part of the time axis is seen: a span that follows now, or one the user moved away from it. Times in ms.
import { useState } from 'react'

export interface TimeSpan {
  readonly lengthMs: number
  /** How far the end is behind where following would put it; 0 follows. */
  readonly behindMs: number
}

const shortestMs = 2_000
const longestMs = 4 * 3_600_000
const shareAfterNow = 0.12

export function useTimeWindow() {
  const [span, setSpan] = useState<TimeSpan>({ lengthMs: 60_000, behindMs: 0 })
  return {
    span,
    zoom: (factor: number) =>
      setSpan((now) => ({ ...now, lengthMs: Math.min(longestMs, Math.max(shortestMs, now.lengthMs * factor)) })),
    pan: (share: number) => setSpan((now) => ({ ...now, behindMs: Math.max(0, now.behindMs - now.lengthMs * share) })),
    follow: () => setSpan((now) => ({ ...now, behindMs: 0 })),
  }
}

/** Starts at the first sample until now needs the room. */
export function visibleTimes(span: TimeSpan, firstMs: number, nowMs: number): { startMs: number; endMs: number } {
  const endMs = Math.max(firstMs + span.lengthMs, nowMs + span.lengthMs * shareAfterNow) - span.behindMs
  return { startMs: endMs - span.lengthMs, endMs }
}
