// Benchmark: the plan before, the race while it runs. An ended run leads to its results.
import { useEffect, useRef } from 'react'
import { useAppDescription, useSettings } from '../../state/application.ts'
import { goTo } from '../../state/place.ts'
import { demonstrationPlan, usePlanDraft } from '../../state/plan-draft.ts'
import { dismissLiveRun, useRunLive } from '../../state/run-live.ts'
import { LiveView } from './live-view.tsx'
import { PlanView } from './plan-view.tsx'

export function BenchmarkScreen() {
  const run = useRunLive((state) => state.run)
  const { settings, loaded } = useSettings()
  const app = useAppDescription()
  const plan = usePlanDraft((state) => state.plan)
  const threads = app.data?.recommendedThreads ?? null
  const watched = useRef(false)

  useEffect(() => {
    if (plan === null && loaded && threads !== null) {
      usePlanDraft.setState({ plan: settings.lastPlan ?? demonstrationPlan(threads) })
    }
  }, [plan, loaded, threads, settings.lastPlan])

  const runId = run?.runId ?? null
  const ended = run?.ended != null
  useEffect(() => {
    if (runId !== null && !ended) watched.current = true
    if (runId === null || !ended) return
    dismissLiveRun()
    if (watched.current) goTo('results', runId)
  }, [runId, ended])

  if (run && !run.ended) return <LiveView run={run} />
  return <PlanView plan={plan} appError={app.error} />
}
