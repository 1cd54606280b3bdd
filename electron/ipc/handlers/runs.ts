import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import type { SettledCase } from '../../../shared/ipc/contract.ts'
import { type SettleSide, sideOfRun } from '../../../shared/planning/settle-plan.ts'
import type { RunFolder, RunStore, StartedRun } from '../../services.ts'
import { atMost } from '../at-most.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type RunHandlers = Pick<
  Handlers,
  | 'plan:estimate'
  | 'settle:propose'
  | 'run:start'
  | 'run:resume'
  | 'run:continue'
  | 'run:cancel'
  | 'run:list'
  | 'run:open'
  | 'run:samples'
  | 'run:machine'
  | 'run:current'
  | 'run:open-folder'
  | 'run:remove'
>

/** A rigorous run of one case may have millions of samples. */
const mostReadAtOnce = 2

export function runHandlers(context: HandlerContext): RunHandlers {
  const { services, broadcast, dialogs, allowedPaths, undos } = context
  const startedRuns = new Map<string, StartedRun>()
  const read = atMost(mostReadAtOnce)

  async function kept(begun: Promise<StartedRun>): Promise<{ readonly runId: string }> {
    const run = await begun
    startedRuns.set(run.runId, run)
    void run.finished.finally(() => startedRuns.delete(run.runId)).catch(() => undefined)
    return { runId: run.runId }
  }

  return {
    'plan:estimate': ({ plan }) => {
      allowedPaths.check(plan)
      return services.runs.estimate(plan)
    },
    'settle:propose': async ({ left, right, margin }) => {
      const [first, second] = [await settledSide(services.store, left), await settledSide(services.store, right)]
      const proposal = await services.settling.propose(first, second, { margin, budgetMs: null })
      // Its paths come from records on disk.
      allowedPaths.allowPlan(proposal.plan)
      return proposal
    },
    'run:start': async ({ plan }) => {
      allowedPaths.check(plan)
      return kept(beginRun(context, (onEvent) => services.runs.start(plan, null, onEvent)))
    },
    // The page names no path here: the plan is read from disk.
    'run:resume': async ({ runId }) => {
      const folder = await services.store.folderOf(runId)
      return kept(beginRun(context, (onEvent) => services.runs.resume(folder, onEvent)))
    },
    'run:continue': async ({ runId }) => {
      const folder = await services.store.folderOf(runId)
      return kept(beginRun(context, (onEvent) => services.runs.continueRun(folder, onEvent)))
    },
    'run:cancel': async ({ runId }) => {
      const run = startedRuns.get(runId)
      if (!run) throw unknownRun(runId)
      run.cancel()
      return {}
    },
    'run:list': () => services.store.list(),
    'run:open': ({ runId }) => services.store.open(runId),
    'run:samples': ({ runId, groupKey, caseKey }) => read(() => services.store.samples(runId, groupKey, caseKey)),
    'run:machine': ({ runId }) => read(async () => ({ points: await services.store.machine(runId) })),
    'run:current': async () => {
      broadcast.flush()
      const current = services.runs.current()
      return current && { runId: current.runId, events: [...current.events] }
    },
    'run:open-folder': async () => {
      const folder = await dialogs.chooseFolder('Choose a run folder')
      return folder === null ? null : { runId: await services.store.addFolder(folder) }
    },
    'run:remove': async ({ runId }) => {
      if (startedRuns.has(runId)) throw stillRunning()
      return undos.keep(await services.store.remove(runId))
    },
  }
}

async function settledSide(store: RunStore, { runId, groupKey, caseKey }: SettledCase): Promise<SettleSide> {
  const record = await store.open(runId)
  const group = record.groups.find((each) => each.groupKey === groupKey)
  const entry = group?.cases.find((each) => each.caseKey === caseKey)
  if (group !== undefined && entry !== undefined) return sideOfRun(record, group, entry)
  throw new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: `Run ${runId} has no case ${groupKey}/${caseKey}.`,
    remedy: 'Name a group and a case that the record lists.',
  })
}

async function beginRun(
  { broadcast, keepAwake, logError }: HandlerContext,
  begin: (onEvent: (event: RunEvent) => void) => Promise<StartedRun>,
): Promise<StartedRun> {
  // Events may arrive before the run's id is known.
  const early: RunEvent[] = []
  let runId: string | null = null
  let begun = false
  const tell = (id: string, event: RunEvent) => {
    broadcast.emitRunEvent(id, event)
    // The record on disk says `running` from the first stage.
    if (begun || event.kind !== 'stage') return
    begun = true
    broadcast.emit('run:changed', { runId: id, state: 'running' })
  }
  const run = await begin((event) => {
    if (runId === null) early.push(event)
    else tell(runId, event)
  })
  runId = run.runId
  broadcast.emit('run:changed', { runId: run.runId, state: 'queued' })
  for (const event of early) tell(run.runId, event)
  const release = keepAwake()
  void run.finished
    .then((record) => {
      broadcast.flush()
      broadcast.emit('run:changed', { runId: run.runId, state: record.state })
    })
    .catch((error) => logError(`run ${run.runId} failed unexpectedly`, error))
    .finally(release)
  return run
}

function unknownRun(runId: string): BenchError {
  return new BenchError({
    code: 'unknown-run',
    stage: 'measure',
    message: `Run ${runId} is not running.`,
    remedy: 'Open it from the list of runs.',
  })
}

function stillRunning(): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: 'A run cannot be removed while it is running.',
    remedy: 'Cancel it first.',
  })
}

/** In characters: more than a window shows. The exported file is whole. */
const longestPreview = 1_000_000

/** Writes files whole or not at all; replaces an existing one only after the user confirmed. */
export function reportHandlers({
  services,
  dialogs,
}: HandlerContext): Pick<Handlers, 'report:preview' | 'report:export'> {
  return {
    'report:preview': async ({ runId, format }) => {
      const text = await services.reports.preview(await runFolderOf(services.store, runId), format)
      return { text: text.slice(0, longestPreview) }
    },
    'report:export': async ({ runId, formats }) => {
      const run = await runFolderOf(services.store, runId)
      const folder = await dialogs.chooseFolder('Choose the folder for the report')
      if (folder === null) return null
      try {
        return { folder, files: [...(await services.reports.write(run, formats, folder, false))] }
      } catch (error) {
        if (!(error instanceof BenchError) || error.record.code !== 'folder-not-empty') throw error
        if (!(await dialogs.confirmOverwrite(folder))) return null
        return { folder, files: [...(await services.reports.write(run, formats, folder, true))] }
      }
    },
  }
}

async function runFolderOf(store: RunStore, runId: string): Promise<RunFolder> {
  return {
    folder: await store.folderOf(runId),
    record: await store.open(runId),
    samples: (groupKey, caseKey) => store.samples(runId, groupKey, caseKey),
  }
}
