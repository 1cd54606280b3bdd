// One sweep from its first point to its last: resolves inputs once, then walks series after series, batches ascending.
// A failed point does not end the others. Every end is a state of the record: completed, failed or cancelled. Rejects
// only on a bug, after the record says `failed` and every worker is gone.

import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorCode, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { deviceKindOf, gpuOf, visibleGpu } from '../../shared/domain/device.ts'
import { missing } from '../../shared/domain/figure.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Candidate, Plan } from '../../shared/domain/plan.ts'
import type { SweepPlan, SweepPoint, SweepRecord } from '../../shared/domain/sweep.ts'
import { expandPlan, type PlannedGroup } from '../../shared/planning/expand-plan.ts'
import { nextSeriesStep } from '../../shared/planning/sweep-series.ts'
import type { RunInputs } from '../inputs/run-inputs.ts'
import { endsTheRun } from '../runs/group/case-steps.ts'
import { caseWeights, makeRunCases, workerCaseOf } from '../runs/group/run-case.ts'
import type { RunDependencies } from '../runs/session/run-dependencies.ts'
import { noInputs, onnxPrecisions } from '../runs/session/run-files.ts'
import type { RunService } from '../services.ts'
import { measurePoint, type PointFigures } from './sweep-point.ts'
import type { SweepRecorder } from './sweep-service.ts'

interface SweepJob {
  readonly recorder: SweepRecorder
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
  readonly signal: AbortSignal
}

type PointPlace = Pick<SweepPoint, 'backend' | 'precision' | 'artifact' | 'batchSize' | 'streams'>

interface PointRequest {
  readonly place: PointPlace
  /** Index among the plan's candidates. */
  readonly index: number
  readonly inputs: RunInputs
  readonly predictedMemoryBytes: number | null
}

const outOfMemory: ReadonlySet<BenchErrorCode> = new Set(['out-of-memory-host', 'out-of-memory-gpu'])

export async function executeSweep(dependencies: SweepDependencies, job: SweepJob): Promise<SweepRecord> {
  const { recorder, signal } = job
  let error: BenchErrorRecord | null = null
  let bug: unknown = null
  try {
    signal.throwIfAborted()
    recorder.update({ state: 'running' })
    await recorder.save()
    await walkAll(dependencies, job)
  } catch (reason) {
    if (!signal.aborted && !(reason instanceof BenchError)) bug = reason
    if (!signal.aborted) error = reason instanceof BenchError ? reason.record : defect(reason)
  }
  const state = signal.aborted ? 'cancelled' : error === null ? 'completed' : 'failed'
  await recorder.end(state, error, dependencies.utcNow().toISOString()).catch((failure) => {
    if (!(failure instanceof BenchError)) throw failure
    recorder.update({ state: 'failed', error: error ?? failure.record })
  })
  if (bug !== null) throw bug
  return recorder.record
}

async function walkAll(dependencies: SweepDependencies, job: SweepJob): Promise<void> {
  const inputs = await resolveInputs(dependencies, job)
  const { candidates, streams } = job.recorder.record.plan
  for (const [index, candidate] of candidates.entries()) {
    for (const count of [...new Set(streams)].sort((left, right) => left - right)) {
      await walkSeries(dependencies, job, inputs, candidate, index, count)
    }
  }
}

async function walkSeries(
  dependencies: SweepDependencies,
  job: SweepJob,
  inputs: RunInputs,
  { backend, precision, artifact }: Candidate,
  index: number,
  streams: number,
): Promise<void> {
  const { recorder, signal } = job
  const candidate = { backend, precision, ...(artifact !== undefined && { artifact }) }
  const points: SweepPoint[] = []
  const { batchSizes, device } = recorder.record.plan
  const freeBytes = () =>
    deviceKindOf(device) === 'cuda' ? gpuMemoryBytes(recorder.record) : dependencies.freeMemoryBytes()
  for (;;) {
    signal.throwIfAborted()
    const step = nextSeriesStep({ batchSizes, points, freeBytes: freeBytes() })
    if (step === null) break
    const { batchSize, predictedMemoryBytes } = step
    const place = { ...candidate, batchSize, streams }
    const point =
      step.kind === 'skip'
        ? unmeasured(place, step.state, step.reason, predictedMemoryBytes)
        : await tryPoint(dependencies, job, { place, index, inputs, predictedMemoryBytes })
    points.push(point)
    await recorder.pointEnded(point)
  }
  recorder.seriesEnded({ ...candidate, streams }, points)
  await recorder.save()
}

async function tryPoint(dependencies: SweepDependencies, job: SweepJob, request: PointRequest): Promise<SweepPoint> {
  const { recorder, signal } = job
  const { place, predictedMemoryBytes } = request
  recorder.tell({ kind: 'point-started', point: place })
  try {
    const figures = await measureAt(dependencies, job, request)
    await takeIn(dependencies, recorder, place, figures)
    const { latencyMs, imagesPerSecond, memoryBytes } = figures
    return { ...place, state: 'measured', reason: null, latencyMs, imagesPerSecond, memoryBytes, predictedMemoryBytes }
  } catch (reason) {
    if (signal.aborted) return unmeasured(place, 'cancelled', 'Cancelled.', predictedMemoryBytes)
    if (!(reason instanceof BenchError) || endsTheRun.has(reason.record.code)) throw reason
    const state = outOfMemory.has(reason.record.code) ? 'out-of-memory' : 'failed'
    return unmeasured(place, state, `${reason.record.message} ${reason.record.remedy}`, predictedMemoryBytes)
  }
}

async function measureAt(
  dependencies: SweepDependencies,
  { recorder, manifest, modelFolder, statuses, signal }: SweepJob,
  { place, index, inputs }: PointRequest,
): Promise<PointFigures> {
  const sweepPlan = recorder.record.plan
  const { batchSize, streams } = place
  const plan = { ...runPlanOf(sweepPlan), threads: threadsOfStream(sweepPlan, streams) }
  const runCase = makeRunCases(groupOf(plan, manifest, batchSize), inputs, statuses)[index]
  const driver = dependencies.drivers.get(place.backend)
  if (runCase?.error) throw new BenchError(runCase.error)
  if (runCase === undefined || driver === undefined) throw new Error(`${place.backend} has no case to measure.`)
  if (place.backend !== 'simulated') recorder.update({ weights: caseWeights(runCase, inputs.weights.origin) })
  const workerCase = workerCaseOf({ plan, manifest, modelFolder, inputs, batchSize }, runCase)
  const log = (line: string) => dependencies.log(`sweep ${recorder.record.sweepId} ${runCase.caseKey}: ${line}`)
  const gpu = visibleGpu(sweepPlan.device, recorder.record.fingerprint.machine.gpus)
  return measurePoint({ driver, visibleGpu: gpu, workerCase, streams, pointMs: sweepPlan.pointMs, log, signal })
}

async function takeIn(
  { fingerprint }: SweepDependencies,
  recorder: SweepRecorder,
  { backend, precision }: PointPlace,
  { precisionProof, versions }: PointFigures,
): Promise<void> {
  const software = { ...recorder.record.fingerprint.software, ...versions }
  recorder.update({ fingerprint: await fingerprint(software) })
  if (!precisionProof.holds) recorder.note(`${backend} ${precision} is not proved: it is ${precisionProof.label}.`)
}

async function resolveInputs({ inputs }: SweepDependencies, job: SweepJob): Promise<RunInputs> {
  const { recorder, manifest, modelFolder, statuses, signal } = job
  const plan = runPlanOf(recorder.record.plan)
  const able = plan.candidates.filter(
    ({ backend }) => backend !== 'simulated' && statuses.get(backend)?.available === true,
  )
  if (able.length === 0) return noInputs(plan, manifest)
  return inputs({
    plan,
    manifest,
    modelFolder,
    onnxPrecisions: onnxPrecisions(plan.candidates, statuses),
    artifactHashes: able.flatMap(({ artifact }) => artifact ?? []),
    needsWeights: able.some(({ artifact }) => artifact === undefined),
    onProgress: () => {},
    log: () => {},
    signal,
  })
}

function unmeasured(
  place: PointPlace,
  state: SweepPoint['state'],
  reason: string,
  predictedMemoryBytes: number | null,
): SweepPoint {
  const none = missing(reason)
  return { ...place, state, reason, latencyMs: none, imagesPerSecond: none, memoryBytes: none, predictedMemoryBytes }
}

/** Total memory of the GPU that workers compute on; null if the driver does not report it. */
function gpuMemoryBytes({ fingerprint, plan }: SweepRecord): number | null {
  return gpuOf(plan.device, fingerprint.machine.gpus)?.memoryBytes ?? null
}

function defect(bug: unknown): BenchErrorRecord {
  return {
    code: 'unexpected',
    stage: 'measure',
    message: 'Enginebench hit an internal error and stopped the sweep.',
    remedy: 'Report it with the log. Finished results are kept.',
    cause: bug instanceof Error ? bug.message : String(bug),
  }
}

export function streamNotes(plan: SweepPlan): readonly string[] {
  if (deviceKindOf(plan.device) === 'cuda') return []
  return plan.streams
    .filter((streams) => streams > 1)
    .map(
      (streams) =>
        `With ${streams} streams each worker has ${threadsOfStream(plan, streams)} of ${plan.threads} threads.`,
    )
}

// What sweeps depend on: what runs have, and the checks of plans that runs make.

export interface SweepDependencies
  extends Pick<
    RunDependencies,
    | 'drivers'
    | 'models'
    | 'inputs'
    | 'fingerprint'
    | 'takeTurn'
    | 'nowNs'
    | 'utcNow'
    | 'freeMemoryBytes'
    | 'randomSuffix'
    | 'log'
  > {
  readonly estimate: RunService['estimate']
  /** Default parent of sweep folders. */
  readonly sweepsFolder: string
}

// A sweep as the run that would compare its candidates: the same checks, inputs and keys apply. Pure.

export function runPlanOf({ streams: _streams, pointMs: _pointMs, ...plan }: SweepPlan): Plan {
  return { ...plan, preset: 'quick' }
}

/** With several streams, the workers share the threads, so that together they use as many as one would. */
function threadsOfStream({ threads, device }: Pick<SweepPlan, 'threads' | 'device'>, streams: number): number {
  return deviceKindOf(device) === 'cuda' ? threads : Math.max(1, Math.floor(threads / streams))
}

/** The group of one batch; its cases are in the order of the plan's candidates. */
function groupOf(plan: Plan, manifest: ModelManifest, batchSize: number): PlannedGroup {
  const [group] = expandPlan({ ...plan, batchSizes: [batchSize] }, manifest)
  if (group === undefined) throw new Error(`Batch ${batchSize} gave no group.`)
  return group
}
