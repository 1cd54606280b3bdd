// What the steps of one group share, made from the run: its design, its limits, and what is recorded and told.
import { deviceKindOf, gpuOf, visibleGpu } from '../../../shared/domain/device.ts'
import { defaultMargin } from '../../../shared/domain/plan.ts'
import { type GroupRecord, usesStarts } from '../../../shared/domain/run.ts'
import { launchBudget } from '../../../shared/planning/launch-budget.ts'
import { judgingFloor } from '../../../shared/statistics/noise-floor.ts'
import { passesLeftMs } from '../passes/measure-passes.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import type { GroupContext } from './case-steps.ts'
import { interimFigures } from './group-record.ts'
import { LaunchRounds } from './launch-rounds.ts'
import { RoundFlags } from './round-flags.ts'
import { type RunCase, workerCaseOf } from './run-case.ts'

export function groupContext(
  dependencies: RunDependencies,
  job: RunJob,
  { group, inputs, rules, crashBudget, startedAtNs, sessionAtNs, sampler, remaining }: GroupJob,
  runCases: readonly RunCase[],
  earlier: Pick<GroupRecord, 'launches' | 'roundsPerLaunch'> = {},
): GroupContext {
  const { recorder } = job
  const { groupKey, batchSize } = group
  const { manifest, modelFolder } = job
  const { plan, fingerprint } = recorder.record
  const { gpus } = fingerprint.machine
  const { passes = {} } = plan
  const budget = (comparisons: number) => launchBudget(plan, comparisons)
  const onGpu = deviceKindOf(plan.device) === 'cuda'
  const groupsLeft = job.groups.length - job.groups.indexOf(group)
  const toCome = { passes, runCases, batchSize, onGpu, warmup: rules.warmup, groupsLeft }
  const setting = { plan, manifest, modelFolder, inputs, batchSize }
  return {
    groupKey,
    rules,
    design: {
      baseline: group.baseline,
      zone: { margin: plan.margin ?? defaultMargin, noiseFloor: judgingFloor(recorder.record) },
      startedLaunches: () =>
        usesStarts(recorder.record.protocol) ? (recorder.groupOf(groupKey).launches ?? []) : null,
      budget,
      widthRule: plan.widthRule ?? null,
      firstLaunch: earlier.launches?.length ?? 0,
      rounds: new LaunchRounds(earlier.roundsPerLaunch ?? null),
    },
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
    gpuMemoryBytes: gpuOf(plan.device, gpus)?.memoryBytes ?? null,
    visibleGpu: visibleGpu(plan.device, gpus),
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
      },
      launchBegun: () => remaining.launchBegun(),
      launchEnded: (launch) => recorder.launchEnded(groupKey, launch),
      launchCompleted: async (launch, { comparisons, nextLook, furtherLaunches, stopped }) => {
        remaining.launchDone(furtherLaunches)
        recorder.tell({ kind: 'launch-completed', groupKey, launch, comparisons, nextLook, stopped })
        await recorder.save()
      },
      roundCompleted: ({ launch, round, rounds }, durationMs) => {
        remaining.roundDone(durationMs, rounds)
        recorder.tell({
          kind: 'round-completed',
          groupKey,
          launch,
          round,
          rounds,
          interim: interimFigures(runCases, group.baseline),
          remainingMs: remaining.estimateMs((dependencies.nowNs() - sessionAtNs) / 1e6, passesLeftMs(toCome)),
        })
      },
      log: (source, line) => recorder.log(`${groupKey}/${source}`, line),
    },
  }
}
