// From main to the window. Run events are gathered and sent at most ten times a second, in the order of happening;
// whoever asks for the state of a run flushes first, so that no event is both in the answer and sent after it.
// Every payload is checked before it leaves. Does not store events: the run service does.
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { type EventName, type EventOf, events } from '../../shared/ipc/contract.ts'

export const sendIntervalMs = 100

export type Send = (name: EventName, payload: unknown) => void

export interface Broadcast {
  emit<Name extends EventName>(name: Name, payload: EventOf<Name>): void
  /** Gathered into `run:progressed`. */
  emitRunEvent(runId: string, event: RunEvent): void
  flush(): void
}

export function createBroadcast(send: Send): Broadcast {
  const pending = new Map<string, RunEvent[]>()
  let timer: ReturnType<typeof setTimeout> | null = null

  const emit: Broadcast['emit'] = (name, payload) => send(name, events[name].parse(payload))

  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    const batches = [...pending]
    pending.clear()
    for (const [runId, runEvents] of batches) emit('run:progressed', { runId, events: runEvents })
  }

  return {
    emit,
    emitRunEvent(runId, event) {
      const batch = pending.get(runId)
      if (batch) batch.push(event)
      else pending.set(runId, [event])
      timer ??= setTimeout(flush, sendIntervalMs)
    },
    flush,
  }
}
