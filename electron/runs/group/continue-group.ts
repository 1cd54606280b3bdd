// Further launches of a group that an earlier session measured. A launch counts when it is complete: if the run is
// cancelled, or a case fails, the group is left as it was after the last complete launch.
import { isDeepStrictEqual } from 'node:util'
import type { GroupRecord, GroupStop } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { continuedBudget } from '../../../shared/planning/launch-budget.ts'
import { recomputeRecord } from '../../../shared/statistics/group-summary.ts'
import { parityFinding } from '../../../shared/statistics/verdict.ts'
import type { GroupJob, RunDependencies, RunJob } from '../session/run-dependencies.ts'
import type { RunRecorder } from '../session/run-recorder.ts'
import type { GroupContext } from './case-steps.ts'
import { groupContext } from './group-context.ts'
import { runLaunches } from './launch.ts'
import { tellParity } from './parity-check.ts'
import { makeRunCases, type RunCase } from './run-case.ts'

export async function continueGroup(dependencies: RunDependencies, job: RunJob, groupJob: GroupJob): Promise<void> {
  const { recorder } = job
  const { groupKey } = groupJob.group
  const before = recorder.groupOf(groupKey)
  const completed = before.cases.filter(({ state }) => state === 'completed')
  const compared = new Map(completed.map((entry) => [entry.caseKey, entry]))
  const runCases = makeRunCases(groupJob.group, groupJob.inputs, job.statuses).filter(({ caseKey }) =>
    compared.has(caseKey),
  )
  for (const runCase of runCases) {
    const { caseKey } = runCase
    const entry = compared.get(caseKey)
    if (entry) runCase.keepEarlier(await recorder.blocksOf(groupKey, caseKey), parityFinding(entry, before.baseline))
    runCase.start()
    recorder.tell({ kind: 'case-changed', groupKey, caseKey, state: 'running', reason: null })
  }
  tellParity(job, groupJob.group, runCases)
  const session = { recorder, before, runCases, completed: 0, stopped: null as GroupStop | null }
  const context = continued(groupContext(dependencies, job, groupJob, runCases, before), session)
  groupJob.remaining.groupBegun(
    { ...continuedBudget, mostLaunches: continuedBudget.mostLaunches - context.design.firstLaunch },
    (dependencies.nowNs() - groupJob.sessionAtNs) / 1e6,
  )
  try {
    const obstacle = otherFiles(before, runCases) ?? runCases.find(({ isGoing }) => !isGoing)?.reason ?? null
    if (obstacle !== null) throw new NotContinued(obstacle)
    session.stopped = await runLaunches(context, runCases, before.coResident, null)
    const failed = runCases.find(({ error }) => error !== null)
    if (failed) throw new NotContinued(`${failed.caseKey}: ${failed.reason}`)
  } catch (reason) {
    if (!(reason instanceof NotContinued)) throw reason
    const launch = context.design.firstLaunch + session.completed + 1
    recorder.note(`${groupKey}: continuing ended before launch ${launch} was complete: ${reason.message}`)
  } finally {
    await close(session)
  }
}

/** Why a group is not continued, or no further: its comparisons stay as they are. */
class NotContinued extends Error {}

interface Session {
  readonly recorder: RunRecorder
  readonly before: GroupRecord
  readonly runCases: readonly RunCase[]
  /** Launches of this session that are complete. */
  completed: number
  /** Null if it was cut short. */
  stopped: GroupStop | null
}

/** A case that fails is not recorded as failed: it completed before. */
function continued(context: GroupContext, session: Session): GroupContext {
  const { observer } = context
  return {
    ...context,
    design: { ...context.design, budget: () => continuedBudget },
    observer: {
      ...observer,
      caseChanged: () => {},
      async launchCompleted(launch, judged) {
        const difference = otherSoftware(session)
        if (difference !== null) throw new NotContinued(difference)
        session.completed += 1
        await observer.launchCompleted(launch, judged)
      },
    },
  }
}

/** Only files that are made again can differ: named artifacts are found by their hash. */
function otherFiles({ cases }: GroupRecord, runCases: readonly RunCase[]): string | null {
  const other = runCases.find(({ caseKey, artifact }) => {
    const entry = cases.find((each) => each.caseKey === caseKey)
    return (entry?.artifactSha256 ?? null) !== (artifact?.sha256 ?? null)
  })
  return other === undefined ? null : `${other.caseKey} would run another file than before.`
}

function otherSoftware({ before, runCases }: Session): string | null {
  const other = runCases.find(({ caseKey, prepared }) => {
    const entry = before.cases.find((each) => each.caseKey === caseKey)
    return prepared !== null && !isDeepStrictEqual(entry?.versions, prepared.versions)
  })
  if (other === undefined) return null
  const versions = Object.entries(other.prepared?.versions ?? {}).map(([library, version]) => `${library} ${version}`)
  return `${other.caseKey} now runs with other libraries than before: ${versions.join(', ')}.`
}

async function close({ recorder, before, runCases, completed, stopped }: Session): Promise<void> {
  const { groupKey, launches: earlier = [] } = before
  const launches = recorder.groupOf(groupKey).launches?.slice(0, earlier.length + completed) ?? []
  const warmUps = new Map(runCases.map(({ caseKey, steadiness }) => [caseKey, steadiness.slice(0, completed)]))
  const group: GroupRecord = {
    ...before,
    launches,
    ...(stopped !== null && { stopped }),
    cases: before.cases.map((entry) => ({
      ...entry,
      steadiness: [...entry.steadiness, ...(warmUps.get(entry.caseKey) ?? [])],
    })),
  }
  await recorder.keepLaunches(group)
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { caseKey } of group.cases) blocks.set(caseKey, await recorder.blocksOf(groupKey, caseKey))
  const { groups } = recomputeRecord({ ...recorder.record, groups: [group] }, (_, caseKey) => blocks.get(caseKey) ?? [])
  for (const summarized of groups) recorder.updateGroup(summarized)
  await recorder.save()
  recorder.tellEnded(new Set([groupKey]))
}
