// The events of the run going on, for a window that was not there from the start. Only one run goes on at a time.
import type { RunEvent } from '../../shared/domain/run-event.ts'

export class RunJournal {
  #runId: string | null = null
  #events: RunEvent[] = []

  begin(runId: string): void {
    this.#runId = runId
    this.#events = []
  }

  note(runId: string, event: RunEvent): void {
    if (runId === this.#runId) this.#events.push(event)
  }

  end(runId: string): void {
    if (runId === this.#runId) this.#runId = null
  }

  current(): { readonly runId: string; readonly events: readonly RunEvent[] } | null {
    return this.#runId === null ? null : { runId: this.#runId, events: [...this.#events] }
  }
}
