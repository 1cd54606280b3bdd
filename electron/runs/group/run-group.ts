// One group of a run: makes its cases, measures their memory, runs the launches, has parity judged after the first,
// summarises and records. When a run is cancelled or its disk is full, running cases get their end state and their samples
// are summarised as partial. The timed loop is the worker's.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { GroupStop } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { judgingMargin } from '../../../shared/statistics/group-summary.ts'
import { judgingFloor } from '../../../shared/statistics/noise-floor.ts'
import { awaitedPasses, measurePasses, noneMeasured } from '../passes/measure-passes.ts'
import { softwareNotes } from '../session/resume.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import { fedInputsOf } from '../session/run-files.ts'
import type { GroupContext } from './case-steps.ts'
import { groupContext } from './group-context.ts'
import { buildNotes, caseNotes, summarizeRunCases } from './group-record.ts'
import { runLaunches } from './launch.ts'
import { measureMemory } from './measure-memory.ts'
import { compareOutputs } from './parity-check.ts'
import { makeRunCases, type RunCase } from './run-case.ts'

export async function runGroup(dependencies: RunDependencies, job: RunJob, groupJob: GroupJob): Promise<void> {
  const { recorder } = job
  const { group, inputs } = groupJob
  const { groupKey } = group
  const runCases = makeRunCases(group, inputs, job.statuses)
  for (const runCase of runCases) if (!runCase.isGoing || runCase.start()) recorder.caseChanged(groupKey, runCase)
  const { passes = {} } = recorder.record.plan
  for (const runCase of runCases) runCase.keepPass(awaitedPasses(passes))
  const context = groupContext(dependencies, job, groupJob, runCases)
  const { nowNs } = dependencies
  groupJob.remaining.groupBegun(context.design.budget(group.cases.length - 1), (nowNs() - groupJob.sessionAtNs) / 1e6)
  const close = async ({ coResident, stopped }: GroupOutcome) => {
    recorder.stage('summarize', groupKey, null, null, 'Summarising')
    const blocks = new Map<string, readonly SampleBlock[]>()
    for (const { caseKey } of runCases) blocks.set(caseKey, await recorder.blocksOf(groupKey, caseKey))
    const { launches } = recorder.groupOf(groupKey)
    const { count: roundsPerLaunch } = context.design.rounds
    recorder.updateGroup(
      summarizeRunCases({
        group,
        runCases,
        blocksOf: (caseKey) => blocks.get(caseKey) ?? [],
        weights: inputs.weights.origin,
        inputSha256: inputs.input.sha256 === '' ? null : inputs.input.sha256,
        inputs: fedInputsOf(recorder.record.plan, job.manifest, group.batchSize, inputs.feeds),
        coResident,
        launched: {
          ...(launches && { launches }),
          ...(roundsPerLaunch !== null && { roundsPerLaunch }),
          ...(stopped !== null && { stopped }),
        },
        noiseFloor: judgingFloor(recorder.record),
        margin: judgingMargin(recorder.record),
        protocol: recorder.record.protocol,
      }),
    )
    const summarized = recorder.groupOf(groupKey)
    for (const note of [...caseNotes(summarized, runCases), ...buildNotes(summarized, runCases)]) recorder.note(note)
    for (const note of softwareNotes(recorder.record, job.kept, groupKey, runCases)) recorder.note(note)
    await recordSoftware(dependencies, job, runCases)
    await recorder.save()
  }
  try {
    // Written to disk before anything is measured, so that the record of a killed run shows what was running.
    await recorder.save()
    const outcome = await executeGroup(context, runCases, () => compareOutputs(job, groupJob, runCases))
    for (const runCase of runCases) {
      if (runCase.complete()) recorder.caseChanged(groupKey, runCase)
      else runCase.keepPass(noneMeasured(passes, 'The case did not complete.'))
    }
    await close(outcome)
    if (!outcome.coResident) {
      recorder.note(`${groupKey}: memory could not hold all cases at once, so they took turns.`)
      await recorder.save()
    }
  } catch (reason) {
    for (const runCase of runCases) if (endWith(reason, runCase, job.signal)) recorder.caseChanged(groupKey, runCase)
    // The disk may be full: summarise what is possible, and report the first reason.
    await close({ coResident: true, stopped: null }).catch(() => {})
    throw reason
  }
  await measurePasses(dependencies, job, groupJob, context, runCases)
}

function endWith(reason: unknown, runCase: RunCase, signal: AbortSignal): boolean {
  const why: unknown = signal.aborted ? signal.reason : reason
  if (why instanceof BenchError) return runCase.fail(why.record)
  if (signal.aborted) return runCase.cancel()
  return runCase.fail({
    code: 'unexpected',
    stage: 'measure',
    message: 'Enginebench hit an internal error and stopped the run.',
    remedy: 'Report it with the log of this run.',
    cause: null,
  })
}

async function recordSoftware(dependencies: RunDependencies, { recorder }: RunJob, runCases: readonly RunCase[]) {
  const software = { ...recorder.record.fingerprint.software }
  for (const runCase of runCases) Object.assign(software, runCase.prepared?.versions ?? {})
  recorder.update({ fingerprint: await dependencies.fingerprint(software) })
}

interface GroupOutcome {
  /** False if cases took turns because they did not fit in memory together. */
  readonly coResident: boolean
  /** Null if no case was left to measure, or the group was cut short. */
  readonly stopped: GroupStop | null
}

async function executeGroup(
  context: GroupContext,
  runCases: readonly RunCase[],
  comparing: () => Promise<void>,
): Promise<GroupOutcome> {
  await measureMemory(context, runCases)
  const coResident = canBeCoResident(runCases, context.freeMemoryBytes()) && fitsOnGpu(runCases, context.gpuMemoryBytes)
  return { coResident, stopped: await runLaunches(context, runCases, coResident, comparing) }
}

/**
 * Whether all cases fit in memory at once: the sum of their peaks must leave a tenth of the free memory. An unknown
 * peak does not prevent it.
 */
export function canBeCoResident(runCases: readonly RunCase[], freeMemoryBytes: number): boolean {
  const peaks = runCases
    .filter((runCase) => runCase.isGoing)
    .map((runCase) => runCase.memory?.processPeakBytes.value ?? 0)
  return peaks.reduce((sum, peak) => sum + peak, 0) <= 0.9 * freeMemoryBytes
}

/** The same of the GPU's memory. */
export function fitsOnGpu(runCases: readonly RunCase[], gpuBytes: number | null): boolean {
  if (gpuBytes === null) return true
  const peaks = runCases.filter((runCase) => runCase.isGoing).map((runCase) => runCase.gpuPeak?.bytes.value ?? 0)
  return peaks.reduce((sum, peak) => sum + peak, 0) <= 0.9 * gpuBytes
}
