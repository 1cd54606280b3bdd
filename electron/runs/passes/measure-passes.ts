// The passes of one group within a run: what they need is gathered here, and each result goes into the record at once,
// so that a run which ends early keeps what was measured.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { type BackendId, exporterOf } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { RunInputs } from '../../inputs/run-inputs.ts'
import type { GroupContext } from '../group/group-context.ts'
import type { CaseTrial } from '../group/run-case.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import { createLimitFacts } from './limit-facts.ts'
import { runPasses } from './run-passes.ts'

export async function measurePasses(
  { openTaskWorker }: Pick<RunDependencies, 'openTaskWorker'>,
  { recorder, manifest }: RunJob,
  { group, inputs, peaks, remaining }: GroupJob,
  context: GroupContext,
  trials: readonly CaseTrial[],
): Promise<void> {
  const { passes = {}, threads } = recorder.record.plan
  const { groupKey, batchSize, inputShape, device } = group
  const environment: BackendId = exporterOf(manifest)
  const limits = createLimitFacts({
    onnx: inputs.onnx.get('fp32') ?? namedFp32(inputs),
    inputShape,
    device,
    threads,
    openTaskWorker: (signal) => openTaskWorker(environment, (line) => recorder.log('limits', line), signal),
    peaks,
  })
  const medianMsOf = (caseKey: string) => {
    const summarized = recorder.record.groups.find((each) => each.groupKey === groupKey)
    return summarized?.cases.find((entry) => entry.caseKey === caseKey)?.latencyMs.p50.value ?? null
  }
  const startedAtNs = context.nowNs()
  await runPasses({ ...context, passes, batchSize, limits, medianMsOf }, trials, (trial, results) =>
    recorder.passMeasured(groupKey, trial.caseKey, results),
  )
  remaining.passesDone((context.nowNs() - startedAtNs) / 1e6)
}

/** Where every case runs an artifact that it names, one of them may be the FP32 file. */
function namedFp32({ artifacts }: Pick<RunInputs, 'artifacts'>): Artifact | undefined {
  return [...artifacts.values()]
    .flatMap((found) => (found instanceof BenchError ? [] : [found]))
    .find(({ kind, precision }) => kind === 'onnx' && precision === 'fp32')
}
