// What the window needs of the conversion events that came since it was last told: all of them in order, but progress
// that later progress of the same step has overtaken, and with neighbouring log entries of one step put together.
import type { ConversionEvent } from '../../shared/domain/conversion.ts'

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
