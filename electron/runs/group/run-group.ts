// One group of a run: makes its cases, measures their memory, runs the launches, checks parity, summarises and records.
// When a run is cancelled or its disk is full, running cases get their end state and their samples are summarised as
// partial. The timed loop is the worker's.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { LaunchRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import { launchBudgetMs } from '../../../shared/planning/width-rule.ts'
import { floorValue } from '../../../shared/statistics/noise-floor.ts'
import { awaitedPasses, measurePasses, noneMeasured, passesLeftMs } from '../passes/measure-passes.ts'
import { softwareNotes } from '../session/resume.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import type { GroupContext } from './case-steps.ts'
import { measureMemory } from './case-steps.ts'
import { buildNotes, caseNotes, interimFigures, summarizeRunCases } from './group-record.ts'
import { addedRounds, addedRoundsNote, runLaunch } from './launch.ts'
import { checkParity } from './parity-check.ts'
import { RoundFlags } from './round-flags.ts'
import { makeRunCases, type RunCase, workerCaseOf } from './run-case.ts'

export async function runGroup(dependencies: RunDependencies, job: RunJob, groupJob: GroupJob): Promise<void> {
  const { recorder } = job
  const { group, inputs } = groupJob
  const { groupKey } = group
  const runCases = makeRunCases(group, inputs, job.statuses)
  for (const runCase of runCases) if (!runCase.isGoing || runCase.start()) recorder.caseChanged(groupKey, runCase)
  const { passes = {}, widthRule } = recorder.record.plan
  for (const runCase of runCases) runCase.keepPass(awaitedPasses(passes))
  const launches: LaunchRecord[] = []
  const context = groupContext(dependencies, job, groupJob, runCases, launches)
  const close = async (coResident: boolean) => {
    recorder.stage('summarize', groupKey, null, null, 'Summarising')
    const blocks = new Map<string, readonly SampleBlock[]>()
    for (const { caseKey } of runCases) blocks.set(caseKey, await recorder.blocksOf(groupKey, caseKey))
    recorder.updateGroup(
      summarizeRunCases({
        group,
        runCases,
        blocksOf: (caseKey) => blocks.get(caseKey) ?? [],
        weights: inputs.weights.origin,
        inputSha256: inputs.input.sha256 === '' ? null : inputs.input.sha256,
        coResident,
        launches,
        noiseFloor: floorValue(recorder.record.noiseFloor),
        ...(widthRule && { addedRounds: addedRounds(runCases, groupJob.rules) }),
      }),
    )
    const summarized = recorder.record.groups.find((each) => each.groupKey === groupKey)
    const notes = summarized ? [...caseNotes(summarized, runCases), ...buildNotes(summarized, runCases)] : []
    for (const note of notes) recorder.note(note)
    for (const note of softwareNotes(recorder.record, job.kept, groupKey, runCases)) recorder.note(note)
    await recordSoftware(dependencies, job, runCases)
    await recorder.save()
  }
  try {
    // Written to disk before anything is measured, so that the record of a killed run shows what was running.
    await recorder.save()
    const { coResident } = await executeGroup(context, runCases)
    await checkParity({
      runCases,
      baseline: group.baseline,
      manifest: job.manifest,
      weights: inputs.weights.origin,
      images: inputs,
      caseChanged: (runCase) => recorder.caseChanged(groupKey, runCase),
      signal: job.signal,
    })
    for (const runCase of runCases) {
      if (runCase.complete()) recorder.caseChanged(groupKey, runCase)
      else runCase.keepPass(noneMeasured(passes, 'The case did not complete.'))
    }
    if (widthRule) {
      const added = addedRounds(runCases, groupJob.rules)
      recorder.note(`${groupKey}: ${addedRoundsNote(widthRule, added, runCases, group.baseline)}`)
    }
    if (!coResident) recorder.note(`${groupKey}: memory could not hold all cases at once, so they took turns.`)
    await close(coResident)
  } catch (reason) {
    for (const runCase of runCases) if (endWith(reason, runCase, job.signal)) recorder.caseChanged(groupKey, runCase)
    // The disk may be full: summarise what is possible, and report the first reason.
    await close(true).catch(() => {})
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

function groupContext(
  dependencies: RunDependencies,
  job: RunJob,
  { group, inputs, rules, crashBudget, startedAtNs, sessionAtNs, sampler, remaining }: GroupJob,
  runCases: readonly RunCase[],
  launches: LaunchRecord[],
): GroupContext {
  const { recorder } = job
  const { groupKey, batchSize } = group
  const { manifest, modelFolder } = job
  const onGpu = recorder.record.plan.device === 'cuda'
  const { passes = {} } = recorder.record.plan
  const groupsLeft = job.groups.length - job.groups.indexOf(group)
  const toCome = { passes, runCases, batchSize, onGpu, warmup: rules.warmup, groupsLeft }
  const setting = { plan: recorder.record.plan, manifest, modelFolder, inputs, batchSize }
  return {
    groupKey,
    rules,
    widthRule: launchWidthRule(job, group, rules),
    seed: group.seed,
    drivers: dependencies.drivers,
    workerCaseOf: (runCase) => workerCaseOf(setting, runCase),
    outputsFolderOf: (runCase: RunCase) => job.outputsFolder(groupKey, runCase.caseKey),
    crashBudget,
    nowNs: dependencies.nowNs,
    runStartedAtNs: startedAtNs,
    freeMemoryBytes: dependencies.freeMemoryBytes,
    hugePageBytes: dependencies.hugePageBytes,
    signal: job.signal,
    sampler,
    onGpu,
    gpuMemoryBytes: onGpu ? (recorder.record.fingerprint.machine.gpus[0]?.memoryBytes ?? null) : null,
    flags: new RoundFlags({
      sampler,
      rules: {
        logicalCores: recorder.record.fingerprint.machine.logicalCores,
        onGpu,
      },
      onFlags: async (runCase, flags) => {
        await recorder.blockFlagged(groupKey, runCase.caseKey, flags)
      },
    }),
    observer: {
      stageReached: (stage, caseKey, message) => recorder.stage(stage, groupKey, caseKey, null, message),
      caseChanged: (runCase) => recorder.caseChanged(groupKey, runCase),
      blockMeasured: async (runCase, block) => {
        await recorder.blockMeasured(groupKey, runCase.caseKey, block)
        if (block.round >= rules.rounds) remaining.blockAdded()
        remaining.blockDone()
      },
      launchBegun: () => remaining.launchBegun(),
      launchEnded: (launch) => launches.push(launch),
      roundCompleted: (launch, round, durationMs) => {
        remaining.roundDone(durationMs)
        recorder.tell({
          kind: 'round-completed',
          groupKey,
          launch,
          round,
          interim: interimFigures(runCases, group.baseline),
          remainingMs: remaining.estimateMs((dependencies.nowNs() - sessionAtNs) / 1e6, passesLeftMs(toCome)),
        })
      },
      log: (source, line) => recorder.log(`${groupKey}/${source}`, line),
    },
  }
}

function launchWidthRule({ recorder }: RunJob, { baseline }: PlannedGroup, { launches }: MeasuringRules) {
  const rule = recorder.record.plan.widthRule
  if (rule === undefined) return null
  return {
    halfWidth: rule.halfWidth,
    budgetMs: launchBudgetMs(rule, recorder.record.groups.length, launches),
    baseline,
  }
}

async function recordSoftware(dependencies: RunDependencies, { recorder }: RunJob, runCases: readonly RunCase[]) {
  const software = { ...recorder.record.fingerprint.software }
  for (const runCase of runCases) Object.assign(software, runCase.prepared?.versions ?? {})
  recorder.update({ fingerprint: await dependencies.fingerprint(software) })
}

interface GroupOutcome {
  /** False if cases took turns because they did not fit in memory together. */
  readonly coResident: boolean
}

async function executeGroup(context: GroupContext, runCases: readonly RunCase[]): Promise<GroupOutcome> {
  await measureMemory(context, runCases)
  const coResident = canBeCoResident(runCases, context.freeMemoryBytes()) && fitsOnGpu(runCases, context.gpuMemoryBytes)
  for (let launch = 0; launch < context.rules.launches; launch += 1) {
    context.observer.launchBegun(launch)
    await runLaunch(context, runCases, launch, coResident)
  }
  return { coResident }
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
