// The events of the current run, for a window that opens later. Blocks are thinned for display: a long run has millions
// of samples, and all of them are on disk.
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import { thinnedBlock } from '../../../shared/domain/sample-block.ts'

export class RunJournal {
  #runId: string | null = null
  #events: RunEvent[] = []

  begin(runId: string): void {
    this.#runId = runId
    this.#events = []
  }

  note(runId: string, event: RunEvent): void {
    if (runId !== this.#runId) return
    this.#events.push(event.kind === 'block' ? { ...event, block: thinnedBlock(event.block) } : event)
  }

  end(runId: string): void {
    if (runId === this.#runId) this.#runId = null
  }

  current(): { readonly runId: string; readonly events: readonly RunEvent[] } | null {
    return this.#runId === null ? null : { runId: this.#runId, events: [...this.#events] }
  }
}
