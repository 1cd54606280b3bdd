// Time that passes only when told. Timers run in order of their due time, at that time.
import type { Clock } from '../../electron/workers/watchdog.ts'

export interface ManualClock extends Clock {
  advance(ms: number): void
  /** Time passes in one leap, as when the machine slept: timers are late. */
  leap(ms: number): void
}

export function createManualClock(): ManualClock {
  let now = 0
  let timers: { readonly dueMs: number; readonly run: () => void }[] = []

  function runDue(untilMs: number, at: (dueMs: number) => number): void {
    for (;;) {
      const next = timers.filter((timer) => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0]
      if (!next) break
      timers = timers.filter((timer) => timer !== next)
      now = at(next.dueMs)
      next.run()
    }
    now = untilMs
  }

  return {
    now: () => now,
    after(delayMs, run) {
      const timer = { dueMs: now + delayMs, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance: (ms) => runDue(now + ms, (dueMs) => dueMs),
    leap: (ms) => {
      const untilMs = now + ms
      now = untilMs
      const late = timers.filter((timer) => timer.dueMs <= untilMs)
      timers = timers.filter((timer) => timer.dueMs > untilMs)
      for (const timer of late) timer.run()
    },
  }
}
