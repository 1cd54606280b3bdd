// One task of an analyzer over a whole library: its inputs resolved once, its engines loaded once, file after file. Two
// engines are first compared on photographs, like cases of a run. However it ends, no worker is left and the record
// states the outcome of every file.

import { join } from 'node:path'
import type { FrameSampling, VideoAnalysisPlan } from '../../shared/domain/analyzer.ts'
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { visibleGpu } from '../../shared/domain/device.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import type { VideoFileRecord } from '../../shared/domain/video-record.ts'
import { expandPlan, type PlannedGroup } from '../../shared/planning/expand-plan.ts'
import { measuringRules } from '../../shared/planning/protocol.ts'
import type { OpenTaskWorker } from '../backends/backend-driver.ts'
import type { ResolveRunInputs, RunInputs } from '../inputs/run-inputs.ts'
import { checkParity } from '../runs/group/parity-check.ts'
import type { RunCase } from '../runs/group/run-case.ts'
import { makeRunCases, workerCaseOf } from '../runs/group/run-case.ts'
import { onnxPrecisions } from '../runs/session/run-files.ts'
import { inUnfinishedFolder } from '../store/temporary-files.ts'
import { type AnalysisOutcome, outcomeOf } from './analysis-outcome.ts'
import { analyzeFile, type FileJob, nothingOf } from './analyze-file.ts'
import { VideoEngine } from './video-engine.ts'
import type { VideoFile } from './video-library.ts'

interface AnalysisJob {
  readonly analysis: VideoAnalysisPlan
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
  /** In CUDA's order; empty for a plan on the CPU. */
  readonly gpus: readonly Gpu[]
  readonly sampling: FrameSampling
  /** Rounded up to whole batches, so that every round has samples. */
  readonly framesPerRound: number
  readonly videos: readonly VideoFile[]
  readonly outFolder: string
  readonly onEvent: (event: VideoEvent) => void
  readonly signal: AbortSignal
}

export interface AnalysisDependencies {
  readonly inputs: ResolveRunInputs
  readonly openWorker: OpenTaskWorker
  readonly nowNs: () => number
  readonly log: (line: string) => void
}

export async function runAnalysis(dependencies: AnalysisDependencies, job: AnalysisJob): Promise<AnalysisOutcome> {
  const { analysis, plan, manifest, modelFolder, statuses, signal } = job
  const group = onlyGroup(plan, manifest)
  const stage = (fraction: number | null, message: string) =>
    job.onEvent({ kind: 'stage', task: analysis.task, fraction, message })
  const inputs = await dependencies.inputs({
    ...{ plan, manifest, modelFolder, signal },
    onnxPrecisions: onnxPrecisions(plan.candidates, statuses),
    artifactHashes: plan.candidates.flatMap(({ artifact }) => artifact ?? []),
    needsWeights: plan.candidates.some(({ artifact }) => artifact === undefined),
    onProgress: (_stage, fraction, text) => stage(fraction, text),
    log: dependencies.log,
  })
  const runCases = makeRunCases(group, inputs, statuses)
  const setting = { plan, manifest, modelFolder, inputs, batchSize: group.batchSize }
  const isCompared = runCases.filter((runCase) => runCase.isGoing).length > 1
  const warmup = isCompared
    ? measuringRules(plan.device).warmup
    : { minimumIterations: 2, minimumMs: 0, lookMs: 0, lookIterations: 0, capMs: 5000 }
  const engines = runCases
    .filter((runCase) => runCase.isGoing)
    .map(
      (runCase) =>
        new VideoEngine({
          ...{ runCase, warmup, isCompared },
          workerCase: workerCaseOf(setting, runCase),
          openWorker: dependencies.openWorker,
          visibleGpu: visibleGpu(plan.device, job.gpus),
          log: dependencies.log,
        }),
    )
  for (const { runCase } of engines) runCase.start()
  const files: VideoFileRecord[] = []
  let failure: unknown = null
  try {
    for (const engine of engines) await ready(engine, stage, signal)
    if (isCompared) await compareOutputs(job, group, engines, inputs)
    await throughLibrary(dependencies, job, engines, inputs, files)
    for (const { runCase } of engines) runCase.complete()
  } catch (error) {
    failure = error
    for (const { runCase } of engines) endOpen(runCase, error, signal)
  } finally {
    await Promise.all(engines.map((engine) => engine.close()))
  }
  const left = job.videos.slice(files.length).map(({ name }) => unfinishedFile(name, failure, signal))
  return { ...outcomeOf({ ...job, group, runCases, engines, inputs, files: [...files, ...left] }), failure }
}

async function throughLibrary(
  { nowNs }: AnalysisDependencies,
  job: AnalysisJob,
  engines: readonly VideoEngine[],
  inputs: RunInputs,
  files: VideoFileRecord[],
): Promise<void> {
  const { analysis, sampling, framesPerRound, outFolder, onEvent, signal } = job
  let round = 0
  const fileJob: FileJob = {
    ...{ task: analysis.task, engines, sampling, outFolder, onEvent, signal },
    framesPerRound: Math.ceil(framesPerRound / analysis.batchSize) * analysis.batchSize,
    scoreThreshold: analysis.scoreThreshold ?? null,
    isSeeded: inputs.weights.origin === 'seeded',
    startedAtNs: nowNs(),
    nextRound: () => round++,
  }
  for (const video of job.videos) {
    signal.throwIfAborted()
    const ended = engines.find(({ runCase }) => runCase.error !== null)?.runCase.error
    if (ended && engines.every(({ runCase }) => !runCase.isGoing)) throw new BenchError(ended)
    const record = await analyzeFile(fileJob, video)
    files.push(record)
    onEvent({ kind: 'file-ended', task: analysis.task, file: record })
  }
}

/** An engine that cannot be loaded fails by itself as long as another is left. */
async function ready(
  engine: VideoEngine,
  stage: (fraction: null, message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  stage(null, `Loading and warming up ${engine.caseKey}`)
  try {
    await engine.worker(signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof BenchError)) throw error
    engine.runCase.fail(error.record)
    await engine.close()
  }
}

async function compareOutputs(
  job: AnalysisJob,
  group: PlannedGroup,
  engines: readonly VideoEngine[],
  inputs: RunInputs,
) {
  await inUnfinishedFolder(join(job.outFolder, '.outputs'), async (folder) => {
    for (const engine of engines.filter(({ runCase }) => runCase.isGoing)) {
      const worker = await engine.worker(job.signal)
      engine.runCase.outputs = (
        await worker.request('write-outputs', { folder: join(folder, engine.caseKey) }, job.signal)
      ).outputs
    }
    await checkParity({
      runCases: engines.map(({ runCase }) => runCase),
      baseline: group.baseline,
      manifest: job.manifest,
      weights: inputs.weights.origin,
      images: inputs,
      caseChanged: () => undefined,
      signal: job.signal,
    })
  })
}

function onlyGroup(plan: Plan, manifest: ModelManifest): PlannedGroup {
  const [group] = expandPlan(plan, manifest)
  if (group === undefined) throw new Error('An analyzer’s plan has one batch size.')
  return group
}

function endOpen(runCase: RunCase, error: unknown, signal: AbortSignal): void {
  if (signal.aborted) runCase.cancel()
  else runCase.fail(error instanceof BenchError ? error.record : noReason)
}

function unfinishedFile(name: string, failure: unknown, signal: AbortSignal): VideoFileRecord {
  if (signal.aborted) return { ...nothingOf(name), state: 'cancelled', reason: 'Cancelled.' }
  const why = failure instanceof BenchError ? ` ${failure.record.message}` : ''
  return { ...nothingOf(name), state: 'failed', reason: `The analysis ended before this file.${why}` }
}

const noReason = {
  code: 'unexpected',
  stage: 'measure',
  message: 'Enginebench hit an internal error and stopped the analysis.',
  remedy: 'Report it with the log. Finished results are kept.',
  cause: null,
} as const
