// `--precision best`: chosen by a benchmark, not guessed from the hardware, among artifacts that passed parity and
// whose precision proof holds. Refused on a machine that cannot run the target.

import { type Artifact, readersOf } from '../../shared/domain/artifact.ts'
import { artifactKindOf, type ConversionTarget, rowOfTarget } from '../../shared/domain/artifact-kind.ts'
import { type BackendId, backendLabels, isBuiltOnGpu, mainReaderOf } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'
import { bestArtifactOf } from '../../shared/planning/best-artifact.ts'
import { type CommandContext, finishedUnlessCancelled } from './command.ts'
import { numberText } from './figure-text.ts'
import type { convertOptions } from './recipe-options.ts'
import { eventWriter } from './run-text.ts'

type ConvertContext = CommandContext<typeof convertOptions>

const runnerOf = (target: ConversionTarget): BackendId => mainReaderOf(artifactKindOf(target))

/**
 * Of the target, as far as this machine has them and the model states a tolerance. Throws `backend-unavailable` if
 * nothing of the target runs here.
 */
export async function precisionsToTry(
  { services, values }: Pick<ConvertContext, 'services' | 'values'>,
  manifest: ModelManifest,
): Promise<readonly Precision[]> {
  const target = values.to ?? 'onnx'
  const runner = runnerOf(target)
  const status = (await services.backends.list()).find(({ id }) => id === runner)
  if (!status?.available) {
    throw new BenchError({
      code: 'backend-unavailable',
      stage: 'plan',
      message: `The best precision is chosen by a benchmark, and ${backendLabels[runner]} cannot run here: ${status?.reason ?? 'it is not listed.'}`,
      remedy: status?.remedy ?? 'Name a precision: --precision fp16.',
    })
  }
  return rowOfTarget(target).precisions.filter(
    (precision) => status.precisions.includes(precision) && manifest.parityTolerance[precision] !== undefined,
  )
}

/** The one with the lowest median latency at batch 1 (or the profile's smallest). */
export async function bestArtifact(context: ConvertContext, artifacts: readonly Artifact[]): Promise<Artifact> {
  const { services, values, terminal, signal } = context
  const runner = runnerOf(values.to ?? 'onnx')
  const fit = artifacts.filter(
    ({ parity, precisionProof }) => parity.verdict === 'pass' && precisionProof?.holds !== false,
  )
  if (fit.length === 0) {
    throw none(artifacts.map(({ precision, parity }) => `${precision}: ${parity.verdict}, ${parity.reason}`).join('; '))
  }
  const runnable = fit.filter((artifact) => readersOf(artifact).includes(runner))
  const candidates = runnable.map(({ precision, sha256 }) => ({
    ...{ backend: runner, precision, options: {}, artifact: sha256 },
  }))
  const threads = (await services.machine()).physicalCores
  const { weights, seed } = values
  const plan: Plan = {
    ...{ model: values.model ?? '', candidates, batchSizes: [fit[0]?.batch?.min ?? 1], weights, seed, threads },
    ...{ imageFolder: null, imageLimit: 64, inputSize: null, opset: null, preset: 'quick' },
    device: isBuiltOnGpu(values.to ?? 'onnx') ? (values.device ?? 'cuda') : 'cpu',
  }
  const started = await services.runs.start(plan, null, eventWriter(values.progress, terminal))
  const record = await finishedUnlessCancelled(started, signal)
  signal.throwIfAborted()
  const [group] = record.groups
  const choice = group
    ? bestArtifactOf(group)
    : { sha256: null, reason: record.error?.message ?? 'nothing was measured' }
  if (choice.sha256 === null) throw none(choice.reason)
  const best = runnable.find(({ sha256 }) => sha256 === choice.sha256)
  if (!best) throw none('the run chose an artifact that it was not given')
  terminal.note(`best: ${precisionLabel(best.precision)}, ${numberText(choice.p50Ms)} ms (run ${record.runId})`)
  return best
}

function none(reason: string): BenchError {
  return new BenchError({
    code: 'conversion-failed',
    stage: 'parity',
    message: `There is no best precision: ${reason}`,
    remedy: 'Use real weights and images, so that parity can be judged, or name a precision.',
  })
}
