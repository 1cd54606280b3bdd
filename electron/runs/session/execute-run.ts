// One run from its first event to its last. Resolves inputs once, then executes and summarises group after group; the
// record on disk is complete after each. Every end is a state of the record: completed, failed or cancelled. Rejects
// only on a bug, after the record says `failed` and every worker is gone.

import type { BackendId } from '../../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../../shared/domain/bench-error.ts'
import { deviceKindOf, visibleGpu } from '../../../shared/domain/device.ts'
import type { AppliedNoiseFloor } from '../../../shared/domain/noise-floor.ts'
import type { RunRecord, RunState } from '../../../shared/domain/run.ts'
import type { Preflight } from '../../../shared/domain/sampling-record.ts'
import { assumedSentences } from '../../../shared/planning/input-shapes.ts'
import { measuringRules } from '../../../shared/planning/protocol.ts'
import { judgeQuiet, watchingNotes } from '../../../shared/sampling/quiet-gate.ts'
import { unresolvedShare } from '../../../shared/statistics/noise-floor.ts'
import { poorFloorSentence } from '../../../shared/statistics/verdict.ts'
import type { RunInputs } from '../../inputs/run-inputs.ts'
import type { MachineSampler } from '../../sampling/watching.ts'
import { CrashBudget } from '../group/case-steps.ts'
import { continueGroup } from '../group/continue-group.ts'
import { runGroup } from '../group/run-group.ts'
import type { LimitFactsDependencies } from '../passes/limits.ts'
import { RemainingTime } from './estimates.ts'
import { refuseOtherInputs } from './resume.ts'
import type { GroupJob, RunDependencies, RunJob } from './run-dependencies.ts'
import { countedPrecisions, noInputs, onnxPrecisions } from './run-files.ts'
import { isUnmeasured, type RunRecorder } from './run-recorder.ts'

export async function executeRun(dependencies: RunDependencies, job: RunJob): Promise<RunRecord> {
  const { recorder } = job
  const lostGpu = new AbortController()
  const signal = AbortSignal.any([job.signal, lostGpu.signal])
  const sessionAtNs = dependencies.nowNs()
  const startedAtNs = sessionAtNs - job.earlierMs * 1e6
  const elapsedMs = () => (dependencies.nowNs() - startedAtNs) / 1e6
  const foreignGpuProcesses = new Set<number>()
  const { plan, fingerprint } = recorder.record
  const sampler = dependencies.startSampler({
    gpu: visibleGpu(deviceKindOf(plan.device) === 'cpu' ? 'cuda' : plan.device, fingerprint.machine.gpus),
    startedAtNs,
    onSample: (sample) => {
      recorder.machineSampled(sample)
      for (const pid of sample.gpu?.foreignProcesses ?? []) foreignGpuProcesses.add(pid)
    },
    onGpuLost: (words) => {
      if (deviceKindOf(plan.device) === 'cuda') lostGpu.abort(gpuLost(words))
    },
  })
  let preflight: Preflight = { verdict: 'unknown', reason: 'The run ended before the machine was observed.' }
  let end: { state: RunState; error: BenchErrorRecord | null } = { state: 'completed', error: null }
  let bug: unknown = null
  try {
    // A resumed run keeps the noise floor that judged its kept groups.
    const noiseFloor = recorder.record.noiseFloor ?? (await appliedNoiseFloor(dependencies, recorder.record))
    recorder.update({ state: 'running', noiseFloor })
    await noteInt8Gap(dependencies, recorder)
    await recorder.save()
    preflight = await observeBefore({ sampler, recorder, elapsedMs, observeMs: dependencies.observeMs, signal })
    recorder.update({ sampling: { preflight, ...sampler.summary() } })
    await runGroups(dependencies, { ...job, signal }, { startedAtNs, sessionAtNs, sampler })
    refuseUnmeasured(recorder.record)
  } catch (reason) {
    // A run that is continued was complete before, and its complete launches count.
    if (job.signal.aborted) end = { state: job.continues ? 'completed' : 'cancelled', error: null }
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
    const poorFloor = poorFloorSentence(unresolvedShare(recorder.record))
    if (poorFloor !== null) recorder.note(`Noise floor: ${poorFloor}.`)
  }
  if (end.state === 'cancelled') recorder.endOpenCases('cancelled', 'Cancelled.', null)
  if (end.error !== null) recorder.endOpenCases('failed', end.error.message, end.error)
  await recorder.end(end.state, end.error)
  if (bug !== null) throw bug
  return recorder.record
}

/** No run is completed by a case that has no samples. */
function refuseUnmeasured({ groups }: RunRecord): void {
  const empty = groups.flatMap(({ groupKey, cases }) =>
    cases.filter(isUnmeasured).map(({ caseKey }) => `${groupKey}/${caseKey}`),
  )
  if (empty.length === 0) return
  throw new BenchError({
    code: 'invalid-samples',
    stage: 'summarize',
    message: `No samples were found of ${empty.join(', ')}.`,
    remedy: 'Run again, and leave the folder of the run as it is until it has ended.',
  })
}

async function noteInt8Gap({ int8Gap }: RunDependencies, recorder: RunRecorder): Promise<void> {
  const { candidates, device } = recorder.record.plan
  const kernels: readonly BackendId[] = ['onnxruntime', 'onnxruntime-node', 'openvino']
  const isMet = candidates.some(({ backend, precision }) => precision === 'int8' && kernels.includes(backend))
  const gap = device === 'cpu' && isMet ? await int8Gap() : null
  if (gap !== null) recorder.note(gap)
}

type Watch = Pick<GroupJob, 'startedAtNs' | 'sessionAtNs' | 'sampler'>

async function runGroups(dependencies: RunDependencies, job: RunJob, watch: Watch): Promise<void> {
  if (job.groups.length === 0) return
  const inputs = await resolveInputs(dependencies, job)
  const crashBudget = new CrashBudget(() => dependencies.nowNs() / 1e6)
  const { device, preset } = job.recorder.record.plan
  const rules = measuringRules(device, preset)
  const remaining = new RemainingTime(job.groups.length)
  const measureGroup = job.continues ? continueGroup : runGroup
  const peaks: LimitFactsDependencies['peaks'] = new Map()
  for (const group of job.groups) {
    job.signal.throwIfAborted()
    await measureGroup(dependencies, job, { group, inputs, rules, crashBudget, ...watch, remaining, peaks })
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
  for (const sentence of assumedSentences(plan, job.manifest)) recorder.note(sentence)
  for (const { file, reason } of inputs.images.skipped) recorder.log('inputs', `${file} was skipped: ${reason}`)
  return inputs
}

/** Ends every case on that GPU: a worker may wait for a lost GPU forever. */
function gpuLost(words: string): BenchError {
  return new BenchError({
    code: 'gpu-lost',
    stage: 'measure',
    message: 'The driver can no longer reach the GPU, so every case on it has ended.',
    remedy: 'Restart the machine, look for Xid messages in the system log, and run again.',
    cause: words,
  })
}

/** The error a user sees for a bug, with where its details are. */
function defect(bug: unknown): BenchErrorRecord {
  return {
    code: 'unexpected',
    stage: 'measure',
    message: 'Enginebench hit an internal error and stopped the run.',
    remedy: 'Report it with the log of this run. Finished groups are kept.',
    cause: bug instanceof Error ? bug.message : String(bug),
  }
}

// What a run checks before it measures: whether the machine is quiet, and the noise floor that its results will be
// judged by, so that no result can choose its own threshold. Also words the notes about how the machine was sampled.
// Does not judge blocks (round-flags.ts) and never stops a run.

/** On top of the observation itself: a sampling process needs a moment to start. */
const startLimitMs = 3000

interface Observation {
  readonly sampler: MachineSampler
  readonly recorder: RunRecorder
  readonly elapsedMs: () => number
  readonly observeMs: number
  readonly signal: AbortSignal
}

/** Observes the machine before Enginebench starts any work. Rejects only when the run is cancelled. */
async function observeBefore({ sampler, recorder, elapsedMs, observeMs, signal }: Observation): Promise<Preflight> {
  const { plan, fingerprint, groups } = recorder.record
  if (groups.every(({ cases }) => cases.every(({ backend }) => backend === 'simulated'))) {
    return { verdict: 'unknown', reason: 'A simulated run does not depend on the machine.' }
  }
  if (observeMs === 0) return { verdict: 'unknown', reason: 'The machine was not observed before this run.' }
  recorder.stage('plan', null, null, null, 'Checking whether the machine is quiet')
  const fromMs = elapsedMs()
  await sampler.caughtUp(fromMs + observeMs, observeMs + startLimitMs, signal)
  return judgeQuiet(sampler.between(fromMs, elapsedMs()), {
    logicalCores: fingerprint.machine.logicalCores,
    onBattery: fingerprint.machine.onBattery,
    onGpu: deviceKindOf(plan.device) === 'cuda',
    slowdownCelsius: sampler.slowdownCelsius,
  })
}

export async function appliedNoiseFloor(
  { noiseFloor }: Pick<RunDependencies, 'noiseFloor'>,
  { plan }: Pick<RunRecord, 'plan'>,
): Promise<AppliedNoiseFloor> {
  if (plan.candidates.every(({ backend }) => backend === 'simulated'))
    return { notMeasured: 'A simulated run does not depend on the machine.' }
  const { preset, device } = plan
  return (
    (await noiseFloor(preset, device)) ?? {
      notMeasured: `The noise floor of this machine was not measured for ${preset} runs on ${device}: enginebench noise-floor --preset ${preset}${device === 'cpu' ? '' : ` --device ${device}`}`,
    }
  )
}
