// One run from its first event to its last. Inputs are resolved once, then group after group is executed and
// summarised; the record on disk is whole after each. Every end is a state of the record: completed, failed or
// cancelled. Rejects only on a bug, after the record says `failed` and every worker is gone.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { RunRecord, RunState } from '../../shared/domain/run.ts'
import type { Preflight } from '../../shared/domain/sampling-record.ts'
import type { PlannedGroup } from '../../shared/planning/expand-plan.ts'
import { measuringRules } from '../../shared/planning/protocol.ts'
import { floorValue, poorFloorSentence } from '../../shared/statistics/applied-noise-floor.ts'
import type { RunInputs } from '../inputs/run-inputs.ts'
import { appliedNoiseFloor } from './applied-noise-floor.ts'
import { CrashBudget } from './crash-budget.ts'
import { refuseOtherInputs } from './kept-beside.ts'
import { noInputs } from './no-inputs.ts'
import { countedPrecisions, onnxPrecisions } from './onnx-backends.ts'
import type { LimitFactsParts } from './passes/limit-facts.ts'
import { RemainingTime } from './remaining-time.ts'
import type { RunDependencies } from './run-dependencies.ts'
import { type GroupJob, runGroup } from './run-group.ts'
import type { RunRecorder } from './run-recorder.ts'
import { observeBefore, watchingNotes } from './watched-run.ts'

export interface RunJob {
  readonly recorder: RunRecorder
  readonly manifest: ModelManifest
  readonly modelFolder: string
  /** Those to be measured. */
  readonly groups: readonly PlannedGroup[]
  /** groupKeys that an earlier session measured; empty but where a run is resumed. */
  readonly kept: ReadonlySet<string>
  /** What earlier sessions took: where the times of this one begin. */
  readonly earlierMs: number
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
  readonly outputsFolder: (groupKey: string, caseKey: string) => string
  readonly signal: AbortSignal
}

export async function executeRun(dependencies: RunDependencies, job: RunJob): Promise<RunRecord> {
  const { recorder } = job
  const lostGpu = new AbortController()
  const signal = AbortSignal.any([job.signal, lostGpu.signal])
  const sessionAtNs = dependencies.nowNs()
  const startedAtNs = sessionAtNs - job.earlierMs * 1e6
  const elapsedMs = () => (dependencies.nowNs() - startedAtNs) / 1e6
  const foreignGpuProcesses = new Set<number>()
  const sampler = dependencies.startSampler({
    startedAtNs,
    onSample: (sample) => {
      recorder.machineSampled(sample)
      for (const pid of sample.gpu?.foreignProcesses ?? []) foreignGpuProcesses.add(pid)
    },
    onGpuLost: (words) => {
      if (recorder.record.plan.device === 'cuda') lostGpu.abort(gpuLost(words))
    },
  })
  let preflight: Preflight = { verdict: 'unknown', reason: 'The run ended before the machine was watched.' }
  let end: { state: RunState; error: BenchErrorRecord | null } = { state: 'completed', error: null }
  let bug: unknown = null
  try {
    // Groups that are kept were judged by the one that the run began with.
    const noiseFloor = recorder.record.noiseFloor ?? (await appliedNoiseFloor(dependencies, recorder.record))
    recorder.update({ state: 'running', noiseFloor })
    const poorFloor = poorFloorSentence(floorValue(recorder.record.noiseFloor))
    if (poorFloor !== null) recorder.note(`Noise floor: ${poorFloor}.`)
    await recorder.save()
    preflight = await observeBefore({ sampler, recorder, elapsedMs, observeMs: dependencies.observeMs, signal })
    recorder.update({ sampling: { preflight, ...sampler.summary() } })
    await runGroups(dependencies, { ...job, signal }, { startedAtNs, sessionAtNs, sampler })
  } catch (reason) {
    if (job.signal.aborted) end = { state: 'cancelled', error: null }
    else if (reason instanceof BenchError) end = { state: 'failed', error: reason.record }
    else {
      bug = reason
      end = { state: 'failed', error: defect(reason) }
    }
  } finally {
    const sampling = { preflight, ...sampler.summary() }
    sampler.stop()
    recorder.update({ sampling })
    for (const note of watchingNotes(sampling, foreignGpuProcesses)) recorder.note(note)
  }
  if (end.state === 'cancelled') recorder.endOpenCases('cancelled', 'Cancelled.', null)
  if (end.error !== null) recorder.endOpenCases('failed', end.error.message, end.error)
  await recorder.end(end.state, end.error)
  if (bug !== null) throw bug
  return recorder.record
}

type Watch = Pick<GroupJob, 'startedAtNs' | 'sessionAtNs' | 'sampler'>

async function runGroups(dependencies: RunDependencies, job: RunJob, watch: Watch): Promise<void> {
  if (job.groups.length === 0) return
  const inputs = await resolveInputs(dependencies, job)
  const crashBudget = new CrashBudget(() => dependencies.nowNs() / 1e6)
  const rules = measuringRules(job.recorder.record.plan.preset, job.recorder.record.plan.device)
  const remaining = new RemainingTime({
    blocks: job.groups.reduce((sum, group) => sum + group.cases.length * rules.launches * rules.rounds, 0),
    launches: job.groups.length * rules.launches,
  })
  const peaks: LimitFactsParts['peaks'] = new Map()
  for (const group of job.groups) {
    job.signal.throwIfAborted()
    await runGroup(dependencies, job, { group, inputs, rules, crashBudget, ...watch, remaining, peaks })
  }
}

async function resolveInputs(dependencies: RunDependencies, job: RunJob): Promise<RunInputs> {
  const { recorder, manifest, modelFolder, signal } = job
  const { plan } = recorder.record
  const canRun = (backend: BackendId) => job.statuses.get(backend)?.available === true
  const able = plan.candidates.filter(({ backend }) => backend !== 'simulated' && canRun(backend))
  if (able.length === 0) return noInputs(plan, manifest)
  const needsWeights = able.some(({ artifact }) => artifact === undefined)
  const inputs = await dependencies.inputs({
    plan,
    manifest,
    modelFolder,
    onnxPrecisions: [
      ...onnxPrecisions(plan.candidates, job.statuses),
      ...(needsWeights ? countedPrecisions(plan.passes) : []),
    ],
    artifactHashes: able.flatMap(({ artifact }) => artifact ?? []),
    needsWeights,
    onProgress: (stage, fraction, text) => recorder.stage(stage, null, null, fraction, text),
    log: (line) => recorder.log('inputs', line),
    signal,
  })
  refuseOtherInputs(recorder.record, job.kept, inputs)
  recorder.update({ images: inputs.images })
  recorder.note(`Weights: ${inputs.weights.reason}`)
  for (const { file, reason } of inputs.images.skipped) recorder.log('inputs', `${file} was skipped: ${reason}`)
  return inputs
}

/** Every case on that GPU ends with it: a worker may wait for a lost GPU for ever. */
function gpuLost(words: string): BenchError {
  return new BenchError({
    code: 'gpu-lost',
    stage: 'measure',
    message: 'The driver does not reach the GPU any more, so every case on it has ended.',
    remedy: 'Restart the machine, look into the system log for Xid messages, and run again.',
    cause: words,
  })
}

/** What a user is told of a bug: that it is one, and where its words are. */
function defect(bug: unknown): BenchErrorRecord {
  return {
    code: 'unexpected',
    stage: 'measure',
    message: 'The run ended by a mistake in Enginebench itself.',
    remedy: 'Report it with the log of this run; what had finished is kept.',
    cause: bug instanceof Error ? bug.message : String(bug),
  }
}
