// Benchmark: the plan before the run, live lanes during it. A finished run leads to its results.
import { useEffect, useRef } from 'react'
import { type Plan, presetBudgets } from '../../../shared/domain/plan.ts'
import type { PlanEstimate } from '../../../shared/ipc/contract.ts'
import { idsOf, passOf } from '../../../shared/passes/index.ts'
import { capitalized } from '../../../shared/report/figure-text.ts'
import { budgetWords } from '../../../shared/report/method-words.ts'
import { Button } from '../../components/button.tsx'
import { Badge } from '../../components/glyph.tsx'
import { PageHead, TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { duration } from '../../format/quantity.ts'
import { useAppDescription, useSettings } from '../../state/application.ts'
import { findManifest, useChosenFiles, useModels } from '../../state/models.ts'
import { isMeasuring, useNoiseFloorWork } from '../../state/noise-floors.ts'
import { goTo } from '../../state/place.ts'
import { demonstrationModel, demonstrationPlan, useEstimate, usePlanDraft } from '../../state/plan-draft.ts'
import { dismissLiveRun, useRunLive, useStartRun } from '../../state/run-live.ts'
import { useRuns } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { LiveView } from './live-view.tsx'
import { PlanForm } from './plan-form.tsx'

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

// Puts a plan together: what it will measure, how long that takes, and the button that starts it.

interface PlanViewProps {
  readonly plan: Plan | null
  readonly appError: unknown
}

function PlanView({ plan, appError }: PlanViewProps) {
  const app = useAppDescription()
  const models = useModels()
  const { files } = useChosenFiles()
  const runs = useRuns()
  const estimate = useEstimate(plan)
  const start = useStartRun()
  const manifest = plan ? findManifest(models.data, files, plan.model) : null
  const chosen = plan !== null && plan.candidates.length > 0 && plan.batchSizes.length > 0
  const refusals = chosen ? (estimate.data?.refusals ?? []) : []
  const floorGoesOn = useNoiseFloorWork(isMeasuring)
  const startable = chosen && refusals.length === 0 && !start.isPending && estimate.isSuccess && !floorGoesOn
  const plain = plan?.candidates.every(({ artifact }) => artifact === undefined) ?? false
  const first = runs.data?.length === 0 && plan?.model === demonstrationModel && plain
  const go = () => {
    if (plan && startable) start.mutate(plan)
  }
  useScreenKeys([{ keys: ['Ctrl', 'Enter'], label: 'start', bindings: { 'mod+Enter': go } }])
  const error = appError ?? models.error ?? start.error ?? (chosen ? estimate.error : null)
  return (
    <>
      <TopBar crumbs={manifest ? ['Benchmark', manifest.name] : ['Benchmark']}>
        {app.data?.runtimeNotice && <Badge tone="warn">{app.data.runtimeNotice}</Badge>}
      </TopBar>
      <main className="page" aria-label="Benchmark">
        <PageHead
          number={<EstimateNumber estimate={chosen ? (estimate.data ?? null) : null} demonstration={first} />}
          statement={
            plan ? planStatement(plan, manifest?.name ?? plan.model) : 'Checking what this machine can measure.'
          }
          explanation={
            first
              ? 'The demonstration: a small bundled network on its test set, in three precisions. It needs no installation.'
              : plan && planExplanation(plan, estimate.data ?? null)
          }
          actions={
            <Button kind="primary" tall onClick={go} disabled={!startable} shortcut="Ctrl ↵">
              {start.isPending ? 'Starting' : first ? 'Run the demonstration' : 'Start benchmark'}
            </Button>
          }
        />
        {error != null && <RemedyStrip error={errorRecord(error)} />}
        {floorGoesOn && (
          <div className="strip warn" role="status">
            <div>The noise floor of this machine is being measured. A run at the same time would disturb both.</div>
            <Button onClick={() => goTo('setup')} shortcut="1">
              Open Setup
            </Button>
          </div>
        )}
        {refusals.map((refusal) => (
          <RemedyStrip key={refusal.code + refusal.message} error={refusal} tone="warn" />
        ))}
        {chosen &&
          estimate.data?.warnings.map((warning) => (
            <div key={warning} className="strip warn" role="status">
              <div>{warning}</div>
            </div>
          ))}
        {plan && <PlanForm plan={plan} manifest={manifest} />}
      </main>
    </>
  )
}

interface EstimateNumberProps {
  readonly estimate: PlanEstimate | null
  readonly demonstration: boolean
}

/** The demonstration is small enough on any machine to use no more than its limit, a minute for each batch size. */
function EstimateNumber({ estimate, demonstration }: EstimateNumberProps) {
  const minutes = ((estimate?.groups.length ?? 1) * (presetBudgets.quick.budgetMs ?? 0)) / 60_000
  if (demonstration && estimate?.estimatedMs === null) {
    return (
      <>
        <small>about </small>
        {minutes}
        <small> min</small>
      </>
    )
  }
  if (estimate === null || estimate.estimatedMs === null) return <small>duration unknown</small>
  const [number = '', ...unit] = duration(Math.max(1_000, Math.round(estimate.estimatedMs / 1000) * 1000)).split(' ')
  return (
    <>
      <small>about </small>
      {number.replace('.0', '')}
      <small> {unit.join(' ')}</small>
    </>
  )
}

/** A plan in two sentences: what is compared, and how it is measured. */
function planStatement(plan: Plan, modelName: string): string {
  const candidates = plan.candidates.length
  const batches = plan.batchSizes.length
  if (candidates === 0) return 'Choose at least one candidate.'
  if (batches === 0) return 'Choose at least one batch size.'
  const each = candidates === 1 ? 'one candidate' : `${candidates} candidates`
  const at = batches === 1 ? `batch ${plan.batchSizes[0]}` : `batches ${plan.batchSizes.join(', ')}`
  return `${modelName}: ${each} at ${at}.`
}

export function planExplanation(plan: Plan, estimate: PlanEstimate | null): string {
  const pair = presetBudgets[plan.preset].withIdenticalPair ? ', with a copy of the baseline as a check' : ''
  const rounds = estimate?.groups.find(({ roundsPerLaunch }) => roundsPerLaunch !== null)?.roundsPerLaunch ?? null
  const launches = rounds === null ? '' : `; each launch has ${rounds} rounds`
  const design = capitalized(`${budgetWords(plan)}${launches}`)
  const unknown = estimate && estimate.estimatedMs === null ? ' The duration is known after the first round.' : ''
  return `${design}${pair}.${besideWords(plan)}${unknown}`
}

/** ` Then cold start, layers and limits.` */
function besideWords({ passes = {} }: Plan): string {
  const names = idsOf(passes).map((id) => passOf(id).title.toLowerCase())
  const last = names.at(-1)
  if (last === undefined) return ''
  return names.length === 1 ? ` Then ${last}.` : ` Then ${names.slice(0, -1).join(', ')} and ${last}.`
}
