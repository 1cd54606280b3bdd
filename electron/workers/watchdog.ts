// Watches the heartbeats of one command. A worker that is dead (no heartbeat) is told apart from one that is alive but
// gets nowhere (the same progress number). When this process itself was held up (the machine slept, its own loop was
// busy) the worker's heartbeats may lie unread in the pipe, so the watch starts again instead of blaming the worker.

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

// How a worker is made to stop: it is asked, after 2 s told (SIGTERM), after 3 s more ended (SIGKILL to its group).
// One that converts is asked and after 1 s ended: its library may be silent for minutes, deaf to SIGTERM, and it holds
// nothing that must be put in order. Climbing stops when the caller says that the worker obeyed or is gone.

export const askedLimitMs = 2000
export const toldLimitMs = 3000
export const askedBuilderLimitMs = 1000

/** @returns what stops the climb. */
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

/** @returns what stops it. */
export function endSoon(clock: Clock, ask: () => void, kill: (signal: 'SIGKILL') => void): () => void {
  ask()
  return clock.after(askedBuilderLimitMs, () => kill('SIGKILL'))
}

// Time as the supervisor needs it, so that tests can give their own. Milliseconds, monotonic.

export interface Clock {
  now(): number
  /** Returns what takes it back. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
