// One conversion from `running` to its end. Never rejects: every end is a state of the record, and a full disk that
// keeps even that from being written is logged.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ConversionRecord, ConversionState } from '../../shared/domain/conversion.ts'
import { carryOut } from './carry-out.ts'
import { ConversionJob } from './conversion-job.ts'
import type { ConversionParts } from './conversion-parts.ts'
import type { ConversionRecorder } from './conversion-recorder.ts'
import { unexpected } from './conversion-refusal.ts'
import { waitingSteps } from './waiting-steps.ts'

/** Why a conversion is aborted when nobody cancelled it: it goes back to the queue on disk. */
export const appCloses = new Error('The application is closing.')

export async function runConversion(
  parts: ConversionParts,
  recorder: ConversionRecorder,
  signal: AbortSignal,
): Promise<ConversionRecord> {
  try {
    signal.throwIfAborted()
    await recorder.change({ state: 'running' })
    const model = await parts.models.find(recorder.record.recipe.model)
    await carryOut(new ConversionJob(parts, model, recorder, signal))
    await end(parts, recorder, 'completed', null)
  } catch (error) {
    if (signal.reason === appCloses) await putBack(parts, recorder)
    else if (signal.aborted) await end(parts, recorder, 'cancelled', null)
    else await end(parts, recorder, 'failed', error)
  }
  await recorder.settled()
  return recorder.record
}

async function putBack({ log }: ConversionParts, recorder: ConversionRecorder): Promise<void> {
  const changes = { state: 'queued' as const, steps: waitingSteps(recorder.record.recipe) }
  // On disk it is still running, which the next start takes up as well.
  await recorder.change(changes).catch((unwritten: unknown) => {
    log(`A conversion could not be put back: ${unwritten instanceof Error ? unwritten.message : unwritten}`)
  })
}

async function end(
  { utcNow, log }: ConversionParts,
  recorder: ConversionRecorder,
  state: ConversionState,
  error: unknown,
): Promise<void> {
  const expected = error === null || error instanceof BenchError
  if (!expected) log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const failure = error === null ? null : error instanceof BenchError ? error : unexpected(error)
  const failed = recorder.record.steps.find((step) => step.state === 'failed' || step.state === 'cancelled')
  const steps = recorder.record.steps.map((step) =>
    step.state === 'waiting' ? { ...step, state: 'skipped' as const, reason: whySkipped(failed?.name ?? null) } : step,
  )
  const changes = { state, steps, endedAt: utcNow().toISOString(), error: failure?.record ?? null }
  await recorder.change(changes).catch((unwritten: unknown) => {
    log(`The end of a conversion could not be written: ${unwritten instanceof Error ? unwritten.message : unwritten}`)
  })
}

function whySkipped(step: string | null): string {
  return step === null ? 'The conversion was ended before it.' : `«${step}» came to no end.`
}
