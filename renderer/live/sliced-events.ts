// Checks run events in slices of a few ms, in order, so that a burst of a hundred thousand samples never stalls the
// window. An event that does not fit the contract is dropped.
import { type RunEvent, runEventSchema } from '../../shared/domain/run-event.ts'

const sliceMs = 8

export type RunEventListener = (runId: string, events: readonly RunEvent[]) => void

export function createSlicedEvents(listener: RunEventListener) {
  const pending: { readonly runId: string; readonly event: unknown }[] = []
  let taken = 0
  let waiting = false

  function pump(): void {
    waiting = false
    const startedAt = performance.now()
    let runId = ''
    let checked: RunEvent[] = []
    const handOver = () => {
      if (checked.length > 0) listener(runId, checked)
      checked = []
    }
    for (let next = pending[taken]; next && performance.now() - startedAt < sliceMs; next = pending[taken]) {
      taken += 1
      if (next.runId !== runId) handOver()
      runId = next.runId
      const event = runEventSchema.safeParse(next.event)
      if (event.success) checked.push(event.data)
    }
    handOver()
    if (taken >= pending.length) {
      pending.length = 0
      taken = 0
    } else later()
  }

  function later(): void {
    if (waiting) return
    waiting = true
    setTimeout(pump, 0)
  }

  return (runId: string, events: readonly unknown[]): void => {
    for (const event of events) pending.push({ runId, event })
    later()
  }
}
