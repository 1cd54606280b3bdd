// One group within a run: makes its cases, measures their memory, runs the launches, checks parity, summarises and
// records. When a run is cancelled or its disk is full, cases that were running get their end state and their samples are
// summarised as partial. The timed loop is the worker's.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import { launchBudgetMs } from '../../../shared/planning/width-rule.ts'
import { floorValue } from '../../../shared/statistics/noise-floor.ts'
import { awaitedPasses, measurePasses, noneMeasured, passesLeftMs } from '../passes/measure-passes.ts'
import { softwareNotes } from '../session/resume.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import type { GroupContext } from './group-context.ts'
import { buildNotes, interimFigures, summarizeTrials } from './group-record.ts'
import { addedRounds, addedRoundsNote, runLaunch } from './launch.ts'
import { canBeCoResident, fitsOnGpu, measureMemory } from './memory-measurement.ts'
import { checkParity } from './parity-check.ts'
import { RoundFlags } from './round-flags.ts'
import { type CaseTrial, makeTrials, workerCaseOf } from './run-case.ts'

export async function runGroup(dependencies: RunDependencies, job: RunJob, groupJob: GroupJob): Promise<void> {
  const { recorder } = job
  const { group, inputs } = groupJob
  const { groupKey } = group
  const trials = makeTrials(group, inputs, job.statuses)
  for (const trial of trials) if (!trial.isGoing || trial.start()) recorder.caseChanged(groupKey, trial)
  const { passes = {}, widthRule } = recorder.record.plan
  for (const trial of trials) trial.keepPass(awaitedPasses(passes))
  const context = groupContext(dependencies, job, groupJob, trials)
  const close = async (coResident: boolean) => {
    recorder.stage('summarize', groupKey, null, null, 'Summarising')
    const blocks = new Map<string, readonly SampleBlock[]>()
    for (const { caseKey } of trials) blocks.set(caseKey, await recorder.blocksOf(groupKey, caseKey))
    recorder.updateGroup(
      summarizeTrials({
        group,
        trials,
        blocksOf: (caseKey) => blocks.get(caseKey) ?? [],
        weights: inputs.weights.origin,
        inputSha256: inputs.input.sha256 === '' ? null : inputs.input.sha256,
        coResident,
        noiseFloor: floorValue(recorder.record.noiseFloor),
        ...(widthRule && { addedRounds: addedRounds(trials, groupJob.rules) }),
      }),
    )
    const summarized = recorder.record.groups.find((each) => each.groupKey === groupKey)
    for (const note of summarized ? buildNotes(summarized, trials) : []) recorder.note(note)
    for (const note of softwareNotes(recorder.record, job.kept, groupKey, trials)) recorder.note(note)
    await recordSoftware(dependencies, job, trials)
    await recorder.save()
  }
  try {
    // On disk before anything is measured, so that a run that is killed here shows what was running.
    await recorder.save()
    const { coResident } = await executeGroup(context, trials)
    await checkParity({
      trials,
      baseline: group.baseline,
      manifest: job.manifest,
      weights: inputs.weights.origin,
      images: inputs,
      caseChanged: (trial) => recorder.caseChanged(groupKey, trial),
      signal: job.signal,
    })
    for (const trial of trials) {
      if (trial.complete()) recorder.caseChanged(groupKey, trial)
      else trial.keepPass(noneMeasured(passes, 'The case did not complete.'))
    }
    if (widthRule) {
      const added = addedRounds(trials, groupJob.rules)
      recorder.note(`${groupKey}: ${addedRoundsNote(widthRule, added, trials, group.baseline)}`)
    }
    if (!coResident) recorder.note(`${groupKey}: memory could not hold all cases at once, so they took turns.`)
    await close(coResident)
  } catch (reason) {
    for (const trial of trials) if (endWith(reason, trial, job.signal)) recorder.caseChanged(groupKey, trial)
    // The disk may be full: summarise what is possible, and report the first reason.
    await close(true).catch(() => {})
    throw reason
  }
  await measurePasses(dependencies, job, groupJob, context, trials)
}

function endWith(reason: unknown, trial: CaseTrial, signal: AbortSignal): boolean {
  const why: unknown = signal.aborted ? signal.reason : reason
  if (why instanceof BenchError) return trial.fail(why.record)
  if (signal.aborted) return trial.cancel()
  return trial.fail({
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
  trials: readonly CaseTrial[],
): GroupContext {
  const { recorder } = job
  const { groupKey, batchSize } = group
  const { manifest, modelFolder } = job
  const onGpu = recorder.record.plan.device === 'cuda'
  const { passes = {} } = recorder.record.plan
  const groupsLeft = job.groups.length - job.groups.indexOf(group)
  const toCome = { passes, trials, batchSize, onGpu, warmup: rules.warmup, groupsLeft }
  const setting = { plan: recorder.record.plan, manifest, modelFolder, inputs, batchSize }
  return {
    groupKey,
    rules,
    widthRule: launchWidthRule(job, group, rules),
    seed: group.seed,
    drivers: dependencies.drivers,
    workerCaseOf: (trial) => workerCaseOf(setting, trial),
    outputsFolderOf: (trial: CaseTrial) => job.outputsFolder(groupKey, trial.caseKey),
    crashBudget,
    nowNs: dependencies.nowNs,
    runStartedAtNs: startedAtNs,
    freeMemoryBytes: dependencies.freeMemoryBytes,
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
      onFlags: async (trial, flags) => {
        await recorder.blockFlagged(groupKey, trial.caseKey, flags)
      },
    }),
    observer: {
      stageReached: (stage, caseKey, message) => recorder.stage(stage, groupKey, caseKey, null, message),
      caseChanged: (trial) => recorder.caseChanged(groupKey, trial),
      blockMeasured: async (trial, block) => {
        await recorder.blockMeasured(groupKey, trial.caseKey, block)
        if (block.round >= rules.rounds) remaining.blockAdded()
        remaining.blockDone()
      },
      launchBegun: () => remaining.launchBegun(),
      roundCompleted: (launch, round, durationMs) => {
        remaining.roundDone(durationMs)
        recorder.tell({
          kind: 'round-completed',
          groupKey,
          launch,
          round,
          interim: interimFigures(trials, group.baseline),
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

async function recordSoftware(dependencies: RunDependencies, { recorder }: RunJob, trials: readonly CaseTrial[]) {
  const software = { ...recorder.record.fingerprint.software }
  for (const trial of trials) Object.assign(software, trial.prepared?.versions ?? {})
  recorder.update({ fingerprint: await dependencies.fingerprint(software) })
}

export interface GroupOutcome {
  /** False where cases took turns because memory could not hold all. */
  readonly coResident: boolean
}

export async function executeGroup(context: GroupContext, trials: readonly CaseTrial[]): Promise<GroupOutcome> {
  await measureMemory(context, trials)
  const coResident = canBeCoResident(trials, context.freeMemoryBytes()) && fitsOnGpu(trials, context.gpuMemoryBytes)
  for (let launch = 0; launch < context.rules.launches; launch += 1) {
    context.observer.launchBegun(launch)
    await runLaunch(context, trials, launch, coResident)
  }
  return { coResident }
}
