// Watches the heartbeats of one command. A worker that is dead (no heartbeat) is told apart from one that is alive but
// gets nowhere (the same progress number). When this process itself was held up (the machine slept, its own loop was
// busy) the worker's heartbeats may lie unread in the pipe, so the watch starts again instead of blaming the worker.
import type { Clock } from './clock.ts'

const tickMs = 500
const heldUpMs = 2000

export interface WatchLimits {
  readonly silenceMs: number
  readonly stuckMs: number
}

export interface WatchVerdict {
  silent(silentMs: number): void
  stuck(stuckMs: number): void
}

export interface Watchdog {
  heartbeat(progress: number): void
  /** Any other message: proof of life and of getting somewhere. */
  heard(): void
  stop(): void
}

export function startWatchdog(clock: Clock, limits: WatchLimits, verdict: WatchVerdict): Watchdog {
  let heardAt = clock.now()
  let advancedAt = heardAt
  let tickedAt = heardAt
  let progress = -1
  let cancelTick = clock.after(tickMs, tick)

  function tick(): void {
    const now = clock.now()
    if (now - tickedAt > heldUpMs) {
      heardAt = now
      advancedAt = now
    }
    tickedAt = now
    if (now - heardAt > limits.silenceMs) verdict.silent(now - heardAt)
    else if (now - advancedAt > limits.stuckMs) verdict.stuck(now - advancedAt)
    else cancelTick = clock.after(tickMs, tick)
  }

  return {
    heartbeat(next) {
      heardAt = clock.now()
      if (next !== progress) advancedAt = heardAt
      progress = next
    },
    heard() {
      heardAt = clock.now()
      advancedAt = heardAt
    },
    stop: () => cancelTick(),
  }
}
