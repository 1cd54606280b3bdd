// The share of the device's limits that a case reaches, and what bounds it: the work of its model compared with the
// device's peak in the precision actually computed. Starts no worker of the case. Work and peaks are each measured
// once: a peak for the whole run, work for one input shape. A failure is not retried.

import type { Artifact } from '../../../shared/domain/artifact.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { deviceKindOf } from '../../../shared/domain/device.ts'
import type { NotMeasured } from '../../../shared/domain/figure.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import { judgeLimits } from '../../../shared/passes/judge-limits.ts'
import type { DevicePeak, ModelWork } from '../../../shared/passes/limits.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'
import { endsTheRun } from '../group/case-steps.ts'
import type { RunCase } from '../group/run-case.ts'
import type { CasePass, LimitFacts } from './case-pass.ts'

export const limitsPass: CasePass<'limits'> = {
  async measure({ limits, medianMsOf, observer, signal }, runCase) {
    observer.stageReached('limits', runCase.caseKey, 'Counting the work of the model')
    const work = await limits.work(signal)
    if ('notMeasured' in work) return work
    observer.stageReached('limits', runCase.caseKey, 'Measuring what the device can do')
    const peak = await limits.peak(computedPrecision(runCase), signal)
    if ('notMeasured' in peak) return peak
    const { timeSplit = null, layerTimes = null } = runCase.passes
    return { limits: judgeLimits({ work, peak, latencyMs: medianMsOf(runCase.caseKey), timeSplit, layerTimes }) }
  },
}

/** A case that stores FP16 and computes FP32 is compared with the FP32 peak. */
function computedPrecision({ candidate, prepared }: RunCase) {
  return prepared?.precisionProof.holds === false ? 'fp32' : candidate.precision
}

export interface LimitFactsDependencies {
  /** The FP32 file of the model; undefined if the run has none, the error if it was not available. */
  readonly onnx: Artifact | BenchError | undefined
  readonly inputShape: readonly number[]
  readonly device: Plan['device']
  readonly threads: number
  /** Each question gets its own worker: nothing else runs while a peak is measured. */
  readonly openTaskWorker: (signal: AbortSignal) => Promise<BackendWorker>
  /** By precision, for the whole run: its groups share them. */
  readonly peaks: Map<Precision, DevicePeak | NotMeasured>
}

export function createLimitFacts(parts: LimitFactsDependencies): LimitFacts {
  let known: ModelWork | NotMeasured | null = null
  return {
    async work(signal) {
      known ??= await workOf(parts, signal)
      return known
    },
    async peak(precision, signal) {
      const found = parts.peaks.get(precision) ?? withBandwidthOf(parts.peaks, await peakOf(parts, precision, signal))
      parts.peaks.set(precision, found)
      return found
    },
  }
}

/** Copy bandwidth does not depend on the precision: all peaks of a run share the one measured first. */
function withBandwidthOf(
  peaks: LimitFactsDependencies['peaks'],
  found: DevicePeak | NotMeasured,
): DevicePeak | NotMeasured {
  const first = [...peaks.values()].find((peak) => 'bytesPerSecond' in peak)
  return 'bytesPerSecond' in found && first !== undefined ? { ...found, bytesPerSecond: first.bytesPerSecond } : found
}

function workOf(parts: LimitFactsDependencies, signal: AbortSignal): Promise<ModelWork | NotMeasured> | NotMeasured {
  const { onnx, inputShape } = parts
  if (onnx === undefined)
    return { notMeasured: 'No FP32 ONNX file of the model is part of this run to count its work in.' }
  if (onnx instanceof BenchError) return { notMeasured: `Its work cannot be counted. ${onnx.record.message}` }
  return asked(parts, signal, async (worker) => {
    return (await worker.request('count-work', { file: onnx.file, inputShape: [...inputShape] }, signal)).work
  })
}

function peakOf(
  parts: LimitFactsDependencies,
  precision: Precision,
  signal: AbortSignal,
): Promise<DevicePeak | NotMeasured> {
  const { device, threads } = parts
  return asked(
    parts,
    signal,
    async (worker) =>
      (await worker.request('measure-peak', { device: deviceKindOf(device), precision, threads }, signal)).peak,
  )
}

async function asked<Answer>(
  { openTaskWorker }: LimitFactsDependencies,
  signal: AbortSignal,
  question: (worker: BackendWorker) => Promise<Answer>,
): Promise<Answer | NotMeasured> {
  try {
    const worker = await openTaskWorker(signal)
    try {
      return await question(worker)
    } finally {
      await worker.close()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof BenchError && !endsTheRun.has(error.record.code)) return { notMeasured: error.record.message }
    throw error
  }
}
