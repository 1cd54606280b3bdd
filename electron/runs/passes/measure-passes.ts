// The passes of one group: one case at a time, one pass after another. Each result is recorded immediately, so that a
// run that ends early keeps what was measured. Also the placeholder for a result until then, and the remaining time of
// the passes.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { type BackendId, exporterOf } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { NotMeasured } from '../../../shared/domain/figure.ts'
import {
  estimatePassesMs,
  idsOf,
  measuredPasses,
  notMeasuredResult,
  type Passes,
  type PassId,
  type PassResults,
  passIds,
  passObstacle,
  passOf,
} from '../../../shared/passes/index.ts'
import { assumedLoadMs, warmupDurationMs } from '../../../shared/planning/estimate-plan.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import type { RunInputs } from '../../inputs/run-inputs.ts'
import { endsTheRun, type GroupContext } from '../group/case-steps.ts'
import type { RunCase } from '../group/run-case.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import type { CasePass, PassContext } from './case-pass.ts'
import { coldStartPass } from './cold-start.ts'
import { energyPass } from './energy.ts'
import { layersPass } from './layers.ts'
import { createLimitFacts, limitsPass } from './limits.ts'
import { offlinePass } from './offline.ts'
import { serverPass } from './server.ts'
import { timeSplitPass } from './time-split.ts'

const measuring: { readonly [Id in PassId]: CasePass<Id> } = {
  coldStart: coldStartPass,
  energy: energyPass,
  timeSplit: timeSplitPass,
  layers: layersPass,
  offline: offlinePass,
  server: serverPass,
  limits: limitsPass,
}

export async function measurePasses(
  { openTaskWorker }: Pick<RunDependencies, 'openTaskWorker'>,
  { recorder, manifest }: RunJob,
  { group, inputs, peaks, remaining }: GroupJob,
  context: GroupContext,
  runCases: readonly RunCase[],
): Promise<void> {
  const { passes = {}, threads } = recorder.record.plan
  const { groupKey, batchSize, inputShape, device } = group
  const environment: BackendId = exporterOf(manifest)
  const limits = createLimitFacts({
    onnx: inputs.onnx.get('fp32') ?? namedFp32(inputs),
    inputShape,
    device,
    threads,
    openTaskWorker: (signal) =>
      openTaskWorker(environment, (line) => recorder.log('limits', line), signal, context.visibleGpu),
    peaks,
  })
  const medianMsOf = (caseKey: string) => {
    const summarized = recorder.record.groups.find((each) => each.groupKey === groupKey)
    return summarized?.cases.find((entry) => entry.caseKey === caseKey)?.latencyMs.p50.value ?? null
  }
  const startedAtNs = context.nowNs()
  const passContext: PassContext = { ...context, passes, batchSize, limits, medianMsOf }
  for (const id of idsOf(measuredPasses(passes))) {
    for (const runCase of runCases) {
      if (runCase.state !== 'completed') continue
      const results = await resultsOf(id, passContext, runCase)
      runCase.keepPass(results)
      await recorder.passMeasured(groupKey, runCase.caseKey, results)
    }
  }
  remaining.passesDone((context.nowNs() - startedAtNs) / 1e6)
}

/** If every case runs an artifact that it names, one of them may be the FP32 file. */
function namedFp32({ artifacts }: Pick<RunInputs, 'artifacts'>): Artifact | undefined {
  return [...artifacts.values()]
    .flatMap((found) => (found instanceof BenchError ? [] : [found]))
    .find(({ kind, precision }) => kind === 'onnx' && precision === 'fp32')
}

/** A cancel, a full disk, a lost GPU and bugs are thrown on; any other failure only fails the pass. */
async function resultsOf(id: PassId, context: PassContext, runCase: RunCase): Promise<PassResults> {
  context.signal.throwIfAborted()
  try {
    const results = await measurePass(id, context, runCase)
    return 'notMeasured' in results ? notMeasuredResult(id, results.notMeasured) : results
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof BenchError) || endsTheRun.has(error.record.code)) throw error
    const { message, cause } = error.record
    context.crashBudget.note(runCase.candidate.backend, error.record)
    context.observer.log(runCase.caseKey, `${passOf(id).stage}: ${message} ${cause ?? ''}`.trim())
    return notMeasuredResult(id, message)
  }
}

/** One pass that the plan asks for, on one completed case. */
export async function measurePass(
  id: PassId,
  context: PassContext,
  runCase: RunCase,
): Promise<PassResults | NotMeasured> {
  const { backend } = runCase.candidate
  const obstacle = passObstacle(id, { device: context.onGpu ? 'cuda' : 'cpu', backend })
  if (obstacle !== null) return { notMeasured: `${obstacle.charAt(0).toUpperCase()}${obstacle.slice(1)}.` }
  const request = measuredPasses(context.passes)[id]
  if (request === undefined) throw new Error(`The plan does not ask for ${id}.`)
  const pass: CasePass = measuring[id]
  return pass.measure(context, runCase, request)
}

/** Placeholder of every pass until it is measured. */
const cutShort = 'The run ended before it was measured.'

export function awaitedPasses(passes: Passes): PassResults {
  return noneMeasured(passes, cutShort)
}

/** Whether a run ended before a planned pass of the case was measured. */
export function hasCutShortPass(results: PassResults): boolean {
  return passIds.some((id) => {
    const found = results[passOf(id).field]
    return found !== undefined && 'notMeasured' in found && found.notMeasured === cutShort
  })
}

export function noneMeasured(passes: Passes, sentence: string): PassResults {
  return Object.assign({}, ...idsOf(measuredPasses(passes)).map((id) => notMeasuredResult(id, sentence)))
}

interface PassesToCome {
  readonly passes: Passes
  readonly runCases: readonly Pick<RunCase, 'isGoing' | 'medianBlocks' | 'candidate'>[]
  readonly batchSize: number
  readonly onGpu: boolean
  readonly warmup: MeasuringRules['warmup']
  /** Including the current group. */
  readonly groupsLeft: number
}

/**
 * Remaining time of the passes, estimated from the medians of the rounds so far. A group that has not started is
 * assumed to be like the current one.
 */
export function passesLeftMs({ passes, runCases, batchSize, onGpu, warmup, groupsLeft }: PassesToCome): number {
  const ofCases = runCases.map(({ isGoing, medianBlocks, candidate: { backend } }) => {
    if (!isGoing || medianBlocks.length === 0) return 0
    const latencyMs = median(medianBlocks.flatMap((block) => block.latenciesMs))
    const passed = { latencyMs, batchSize, loadMs: assumedLoadMs, warmupMs: warmupDurationMs(warmup, latencyMs) }
    return estimatePassesMs(passes, passed, { device: onGpu ? 'cuda' : 'cpu', backend })
  })
  return groupsLeft * ofCases.reduce((sum, each) => sum + each, 0)
}
