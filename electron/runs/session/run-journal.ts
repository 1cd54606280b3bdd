// The events of the run going on, for a window that was not there from the start. Only one run goes on at a time. Blocks
// are kept as they are shown, not whole: a long run has millions of samples, and they are on disk.
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'

/** As many as a live lane draws of a block. */
const mostSamples = 46

export class RunJournal {
  #runId: string | null = null
  #events: RunEvent[] = []

  begin(runId: string): void {
    this.#runId = runId
    this.#events = []
  }

  note(runId: string, event: RunEvent): void {
    if (runId !== this.#runId) return
    this.#events.push(event.kind === 'block' ? { ...event, block: thinned(event.block) } : event)
  }

  end(runId: string): void {
    if (runId === this.#runId) this.#runId = null
  }

  current(): { readonly runId: string; readonly events: readonly RunEvent[] } | null {
    return this.#runId === null ? null : { runId: this.#runId, events: [...this.#events] }
  }
}

/** The samples of a block at even distances, with its lead samples, its fastest and its slowest among them. */
function thinned(block: SampleBlock): SampleBlock {
  const { latenciesMs, leadSamples } = block
  if (latenciesMs.length <= mostSamples) return block
  const stride = Math.ceil(latenciesMs.length / (mostSamples - leadSamples - 2))
  let [fastest, slowest] = [0, 0]
  for (const [index, latencyMs] of latenciesMs.entries()) {
    if (latencyMs < (latenciesMs[fastest] ?? 0)) fastest = index
    if (latencyMs > (latenciesMs[slowest] ?? 0)) slowest = index
  }
  const isKept = (index: number) =>
    index < leadSamples || index % stride === 0 || index === fastest || index === slowest
  return { ...block, latenciesMs: latenciesMs.filter((_, index) => isKept(index)) }
}
