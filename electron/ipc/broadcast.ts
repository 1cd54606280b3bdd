// Events from main to the window. Events of runs and conversions are collected and sent at most ten times a second, in
// order. A request for the current state flushes them first, so that no event is both in the answer and sent after it.
// Every payload is checked before it is sent. Does not store events: the services do.
import type { ConversionEvent } from '../../shared/domain/conversion.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { type EventName, type EventOf, events } from '../../shared/ipc/contract.ts'

export const sendIntervalMs = 100

export type Send = (name: EventName, payload: unknown) => void

export interface Broadcast {
  emit<Name extends EventName>(name: Name, payload: EventOf<Name>): void
  /** Collected into `run:progressed`. */
  emitRunEvent(runId: string, event: RunEvent): void
  /** Collected into `conversion:progressed`. */
  emitConversionEvent(event: ConversionEvent): void
  /** Collected: however often it is requested, it is sent once, after the events before it. */
  emitArtifactsChanged(): void
  flush(): void
}

export function createBroadcast(send: Send): Broadcast {
  const runEvents = new Map<string, RunEvent[]>()
  let conversionEvents: ConversionEvent[] = []
  let artifactsChanged = false
  let timer: ReturnType<typeof setTimeout> | null = null

  const emit: Broadcast['emit'] = (name, payload) => send(name, events[name].parse(payload))

  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    const runBatches = [...runEvents]
    const batch = conversionBatch(conversionEvents)
    const changed = artifactsChanged
    runEvents.clear()
    conversionEvents = []
    artifactsChanged = false
    for (const [runId, batchOfRun] of runBatches) emit('run:progressed', { runId, events: batchOfRun })
    if (batch.length > 0) emit('conversion:progressed', { events: batch })
    if (changed) emit('artifacts:changed', {})
  }

  const flushSoon = () => {
    timer ??= setTimeout(flush, sendIntervalMs)
  }

  return {
    emit,
    emitRunEvent(runId, event) {
      const batch = runEvents.get(runId)
      if (batch) batch.push(event)
      else runEvents.set(runId, [event])
      flushSoon()
    },
    emitConversionEvent(event) {
      conversionEvents.push(event)
      flushSoon()
    },
    emitArtifactsChanged() {
      artifactsChanged = true
      flushSoon()
    },
    flush,
  }
}

// The conversion events since the last send that the window needs: all of them in order, without progress that later
// progress of the same step replaces, and with adjacent log entries of one step joined.

export function conversionBatch(events: readonly ConversionEvent[]): ConversionEvent[] {
  const lastProgress = new Map<string, ConversionEvent>()
  for (const event of events) if (event.kind === 'step-progressed') lastProgress.set(stepOf(event), event)
  const batch: ConversionEvent[] = []
  for (const event of events) {
    if (event.kind === 'step-progressed' && lastProgress.get(stepOf(event)) !== event) continue
    const before = batch.at(-1)
    if (event.kind === 'logged' && before?.kind === 'logged' && stepOf(before) === stepOf(event)) {
      batch[batch.length - 1] = { ...event, entries: [...before.entries, ...event.entries] }
    } else {
      batch.push(event)
    }
  }
  return batch
}

function stepOf({ conversionId, step }: { readonly conversionId: string; readonly step: string }): string {
  return `${conversionId} ${step}`
}
