// Starts and resumes runs, one at a time and never during a conversion; a waiting run is `queued`. Refuses a plan that
// cannot start, or a run that cannot be resumed, before anything is written. Keeps the events of the current run for a
// window that opens later.
import { join } from 'node:path'
import { type BackendId, type BackendStatus, exporterOf } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { deviceKindOf } from '../../../shared/domain/device.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import type { PlannedArtifacts } from '../../../shared/planning/check-artifact.ts'
import { estimatePlanMs } from '../../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../../shared/planning/expand-plan.ts'
import { continuedBudget, fewestRoundsPerLaunch, launchBudget } from '../../../shared/planning/launch-budget.ts'
import type { RunService, StartedRun } from '../../services.ts'
import type { ReopenedRun, ReopenPurpose, RunWriter } from '../../store/run-writing.ts'
import { continuedRecord, undecidedGroups } from './continue.ts'
import { estimatePlan, type PlanFacts, readsImages } from './estimates.ts'
import { executeRun } from './execute-run.ts'
import { newRecord } from './new-record.ts'
import { keptGroups, refuseUnlessComparable, resumedRecord } from './resume.ts'
import type { RunDependencies, RunJob } from './run-dependencies.ts'
import { RunJournal } from './run-journal.ts'
import { RunRecorder, type RunRecorderOptions } from './run-recorder.ts'

type OnEvent = (event: RunEvent) => void
type SessionWork = Pick<RunJob, 'groups' | 'continues' | 'kept' | 'earlierMs'>

export function createRunService(dependencies: RunDependencies): RunService {
  const journal = new RunJournal()
  const going = new Map<string, StartedRun>()

  async function factsOf(plan: Plan): Promise<PlanFacts> {
    const model = await dependencies.models.find(plan.model)
    const reader = exporterOf(model.manifest)
    const asked = plan.candidates.map((candidate) => candidate.backend)
    const needsReader = readsImages(plan, model.manifest)
    const statuses = await statusesOf(dependencies, needsReader ? [...asked, reader] : asked)
    const imageReader = needsReader ? (statuses.get(reader) ?? null) : null
    return {
      plan,
      ...model,
      statuses,
      imageReader,
      knownLatencyMs: await dependencies.knownLatencies(plan, model.manifest),
      artifacts: await namedArtifacts(dependencies, plan),
      gpus: deviceKindOf(plan.device) === 'cpu' ? [] : (await dependencies.fingerprint({})).machine.gpus,
    }
  }

  async function start(plan: Plan, outFolder: string | null, onEvent: OnEvent): Promise<StartedRun> {
    const facts = await startableFacts(plan)
    const createdAt = dependencies.utcNow()
    const runId = newRunId(createdAt, facts.manifest.id, dependencies.randomSuffix())
    const folder = outFolder ?? join(dependencies.runsFolder, runId)
    const groups = expandPlan(plan, facts.manifest)
    const fingerprint = await dependencies.fingerprint({})
    const writer = await dependencies.createRunWriter(folder)
    const record = newRecord({
      ...{ runId, plan, manifest: facts.manifest, groups, fingerprint },
      createdAt: createdAt.toISOString(),
    })
    const recorder = recorderOf({ writer, record, onEvent })
    await recorder.save()
    return begin(facts, recorder, writer, { groups, continues: false, kept: new Set(), earlierMs: 0 })
  }

  async function reopened(
    folder: string,
    purpose: ReopenPurpose,
    begun: (run: ReopenedRun) => Promise<StartedRun>,
  ): Promise<StartedRun> {
    const run = await dependencies.reopenRun(folder, purpose)
    try {
      return await begun(run)
    } catch (error) {
      await run.writer.close()
      throw error
    }
  }

  async function resume(folder: string, onEvent: OnEvent): Promise<StartedRun> {
    return reopened(folder, 'resume', async ({ record, writer, lastMs, removeGroup }) => {
      const facts = await startableFacts(record.plan)
      const groups = expandPlan(record.plan, facts.manifest)
      refuseUnlessComparable(record, groups, await dependencies.fingerprint({}))
      const kept = keptGroups(record)
      const earlierMs = Math.ceil(lastMs)
      const at = dependencies.utcNow().toISOString()
      const resumed = resumedRecord({ record, groups, kept, at, fromMs: earlierMs })
      const recorder = recorderOf({ writer, record: resumed, onEvent })
      // The record first: if this is interrupted, it still agrees with the samples on disk.
      await recorder.save()
      const again = groups.filter(({ groupKey }) => !kept.has(groupKey))
      for (const { groupKey } of again) await removeGroup(groupKey)
      // A continued run may have been cut off in a launch, which does not count.
      for (const group of resumed.groups) if (kept.has(group.groupKey)) await recorder.keepLaunches(group)
      return begin(facts, recorder, writer, { groups: again, continues: false, kept, earlierMs })
    })
  }

  async function continueRun(folder: string, onEvent: OnEvent): Promise<StartedRun> {
    return reopened(folder, 'continue', async ({ record, writer, lastMs }) => {
      const undecided = undecidedGroups(record)
      const facts = await startableFacts(record.plan)
      const planned = expandPlan(record.plan, facts.manifest)
      refuseUnlessComparable(record, planned, await dependencies.fingerprint({}), 'continued')
      const kept = new Set(record.groups.map(({ groupKey }) => groupKey))
      const open = new Set(undecided.map(({ groupKey }) => groupKey))
      const earlierMs = Math.ceil(lastMs)
      const at = dependencies.utcNow().toISOString()
      const continued = continuedRecord({ record, groups: undecided, at, fromMs: earlierMs })
      const recorder = recorderOf({ writer, record: continued, onEvent })
      await recorder.save()
      const groups = planned.filter(({ groupKey }) => open.has(groupKey))
      return begin(facts, recorder, writer, { groups, continues: true, kept, earlierMs })
    })
  }

  async function startableFacts(plan: Plan): Promise<PlanFacts> {
    const facts = await factsOf(plan)
    const [refusal] = (await estimatePlan(facts)).refusals
    if (refusal !== undefined) throw new BenchError(refusal)
    return facts
  }

  function recorderOf({ writer, record, onEvent }: Omit<RunRecorderOptions, 'utc'>): RunRecorder {
    return new RunRecorder({
      writer,
      record,
      onEvent: (event) => {
        journal.note(record.runId, event)
        onEvent(event)
      },
      utc: () => dependencies.utcNow().toISOString(),
    })
  }

  function begin(facts: PlanFacts, recorder: RunRecorder, writer: RunWriter, work: SessionWork): StartedRun {
    const { runId } = recorder.record
    const controller = new AbortController()
    const execute = async (): Promise<RunRecord> => {
      // A run cancelled while it waited ends during the current run, whose events stay.
      if (!controller.signal.aborted) journal.begin(runId)
      recorder.tell(runStarted(recorder.record, facts, work))
      recorder.tellEnded(new Set([...work.kept].filter((key) => work.groups.every(({ groupKey }) => groupKey !== key))))
      return executeRun(dependencies, {
        recorder,
        manifest: facts.manifest,
        modelFolder: facts.folder,
        ...work,
        statuses: facts.statuses,
        outputsFolder: (groupKey, caseKey) => writer.outputsFolder(groupKey, caseKey),
        signal: controller.signal,
      })
    }
    const finished = dependencies.takeTurn(execute, controller.signal).finally(() => {
      going.delete(runId)
      journal.end(runId)
    })
    finished.catch((bug: unknown) => dependencies.log(bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)))
    const started: StartedRun = { runId, finished, cancel: () => controller.abort(new Error('The run was cancelled.')) }
    going.set(runId, started)
    return started
  }

  return {
    estimate: async (plan) => estimatePlan(await factsOf(plan)),
    start,
    resume,
    continueRun,
    current: () => journal.current(),
    async shutdown() {
      const runs = [...going.values()]
      for (const run of runs) run.cancel()
      await Promise.allSettled(runs.map(({ finished }) => finished))
    },
  }
}

/** Asks only the drivers of the plan: other backends do not matter to this run. */
async function statusesOf(
  { drivers }: RunDependencies,
  backends: readonly BackendId[],
): Promise<ReadonlyMap<BackendId, BackendStatus>> {
  const described = await Promise.all([...new Set(backends)].map(async (backend) => drivers.get(backend)?.describe()))
  return new Map(described.filter((status) => status !== undefined).map((status) => [status.id, status]))
}

/** Reads nothing if the plan names none. */
async function namedArtifacts({ artifacts }: RunDependencies, { candidates }: Plan): Promise<PlannedArtifacts> {
  const named = new Set(candidates.flatMap(({ artifact }) => artifact ?? []))
  if (named.size === 0) return new Map()
  const known = await artifacts.list()
  return new Map(known.filter(({ sha256 }) => named.has(sha256)).map((artifact) => [artifact.sha256, artifact]))
}

function runStarted(record: RunRecord, { knownLatencyMs }: PlanFacts, { groups, continues }: SessionWork): RunEvent {
  return {
    kind: 'run-started',
    runId: record.runId,
    modelName: record.modelName,
    simulated: record.simulated,
    groups: record.groups.map(({ groupKey, batchSize, baseline, launches, roundsPerLaunch, cases }) => {
      const budget = continues ? continuedBudget : launchBudget(record.plan, cases.length - 1)
      return {
        groupKey,
        batchSize,
        launches: budget.mostLaunches,
        rounds: roundsPerLaunch ?? fewestRoundsPerLaunch(budget),
        launchesDone: launches?.length ?? 0,
        baseline,
        cases: cases.map(({ caseKey, backend, precision }) => ({ caseKey, backend, precision })),
      }
    }),
    estimatedMs: continues ? null : estimatePlanMs(record.plan, groups, knownLatencyMs),
  }
}

/** `20260102-030405-digits-k3f9`: UTC start, model, and characters that distinguish two runs of the same second. */
export function newRunId(createdAt: Date, modelId: string, suffix: string): string {
  const stamp = createdAt.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${stamp}-${modelId.slice(0, 60)}-${suffix}`
}
