// One conversion from `running` to its end. Never rejects: every end is a state of the record; if a full disk prevents
// writing even that, it is logged.

import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ConversionRecord, ConversionState, ConversionStepName } from '../../shared/domain/conversion.ts'
import { ConversionJob } from './conversion-job.ts'
import type { ConversionDependencies } from './conversion-parts.ts'
import { type ConversionRecorder, waitingSteps } from './conversion-recorder.ts'
import { engineStep } from './engine-step.ts'
import { exportStep, precisionStep, sensitivityStep, simplifyStep } from './graph-steps.ts'
import { parityStep } from './parity-step.ts'

/** The abort reason if nobody cancelled the conversion: it goes back to the queue on disk. */
export const appCloses = new Error('The application is closing.')

export async function runConversion(
  parts: ConversionDependencies,
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

async function putBack({ log }: ConversionDependencies, recorder: ConversionRecorder): Promise<void> {
  const changes = { state: 'queued' as const, steps: waitingSteps(recorder.record.recipe) }
  // On disk it is still `running`; the next start resumes it too.
  await recorder.change(changes).catch((unwritten: unknown) => {
    log(`A conversion could not be put back: ${unwritten instanceof Error ? unwritten.message : unwritten}`)
  })
}

async function end(
  { utcNow, log }: ConversionDependencies,
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
  return step === null ? 'The conversion ended before this step.' : `Step "${step}" did not finish.`
}

// Carries out the steps of a recipe in order, each on the previous result. Compares the results of the ONNX steps with
// the hashes the recipe expects. Throws what the failing step threw, or the signal's reason; finished steps stay.
export async function carryOut(job: ConversionJob): Promise<void> {
  const has = (name: ConversionStepName) => job.recorder.record.steps.some((step) => step.name === name)
  const exported = await job.step('export', (frame) => exportStep(job, frame))
  job.noteHash('export', exported)
  let graph = exported
  if (has('simplify')) {
    const source = graph
    graph = await job.step('simplify', (frame) => simplifyStep(job, frame, source))
    job.noteHash('simplify', graph)
  }
  if (has('precision')) {
    const source = graph
    graph = await job.step('precision', (frame) => precisionStep(job, frame, source))
    job.noteHash('precision', graph)
    if (has('sensitivity')) {
      const quantized = graph
      graph = await job.step('sensitivity', (frame) => sensitivityStep(job, frame, source, quantized))
    }
  }
  await tellDifferences(job)
  let result: Artifact = graph
  if (has('engine')) result = await job.step('engine', (frame) => engineStep(job, frame, graph))
  await job.step('parity', (frame) => parityStep(job, frame, result, graph, exported))
}

/** A recipe that never ran expects nothing; the resulting hashes are written into it. */
async function tellDifferences({ recipe, recorder, hashes }: ConversionJob): Promise<void> {
  if (recipe.expected.length === 0) return recorder.change({ recipe: { ...recipe, expected: [...hashes] } })
  const differing = hashes.filter(({ step, sha256 }) =>
    recipe.expected.some((expected) => expected.step === step && expected.sha256 !== sha256),
  )
  if (differing.length === 0) return
  const names = differing.map(({ step }) => `"${step}"`).join(', ')
  await recorder.warn(
    `The result differs from what this recipe gave before in ${differing.length === 1 ? 'step' : 'steps'} ${names}. The usual causes are different weights, images or tool versions.`,
  )
}

function unexpected(error: unknown): BenchError {
  return new BenchError({
    code: 'unexpected',
    stage: 'build',
    message: 'Enginebench hit an internal error and stopped the conversion.',
    remedy: 'Report it together with the log.',
    cause: error instanceof Error ? error.message : String(error),
  })
}
