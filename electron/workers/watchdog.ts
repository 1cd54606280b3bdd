// Watches the heartbeats of one request, and makes a worker stop. A dead worker (no heartbeat) is distinguished from a
// stuck one (the same progress number). When this process itself was held up (the machine slept, its event loop was
// busy), heartbeats may wait unread in the pipe, so the watch starts again instead of blaming the worker.

/** The clock and timers of the supervisor, replaceable in tests. Milliseconds, monotonic. */
export interface Clock {
  now(): number
  /** @returns a function that cancels it */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

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
  /** Any other message proves life and progress. */
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

// How a worker is made to stop: a message, after 2 s SIGTERM, after 3 s more SIGKILL to its group. A converting worker
// gets a message and SIGKILL after 1 s: its library may ignore SIGTERM for minutes, and it holds nothing that needs
// cleaning up. Escalation stops when the caller says that the worker obeyed or is gone.

const askedLimitMs = 2000
const toldLimitMs = 3000
const askedBuilderLimitMs = 1000

/** @returns a function that stops the escalation */
export function climbKillLadder(
  clock: Clock,
  ask: () => void,
  kill: (signal: 'SIGTERM' | 'SIGKILL') => void,
): () => void {
  ask()
  let stop = clock.after(askedLimitMs, () => {
    kill('SIGTERM')
    stop = clock.after(toldLimitMs, () => kill('SIGKILL'))
  })
  return () => stop()
}

/** @returns a function that stops it */
export function endSoon(clock: Clock, ask: () => void, kill: (signal: 'SIGKILL') => void): () => void {
  ask()
  return clock.after(askedBuilderLimitMs, () => kill('SIGKILL'))
}
