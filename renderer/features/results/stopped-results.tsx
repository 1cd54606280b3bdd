// A run that ended before anything could be compared: what happened, what to do, and what was kept, drawn as it came.
import { presets } from '../../../shared/domain/plan.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { TopBar } from '../../components/top-bar.tsx'
import { moment } from '../../format/time.ts'
import { goTo } from '../../state/place.ts'
import { changePlan, usePlanDraft } from '../../state/plan-draft.ts'
import { useSamples } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { KeptRounds } from './kept-rounds.tsx'

export function StoppedResults({ record }: { readonly record: RunRecord }) {
  const group = record.groups[0]
  const cases = group?.cases ?? []
  const samples = useSamples(
    record.runId,
    group?.groupKey ?? '',
    cases.map(({ caseKey }) => caseKey),
  )
  const { launches, rounds } = presets[record.plan.preset]
  const kept = cases.map((_, index) => samples[index]?.data?.blocks ?? [])
  const fullRounds = kept.length === 0 ? 0 : Math.min(...kept.map((blocks) => blocks.length))
  const again = () => {
    if (usePlanDraft.getState().plan) changePlan(record.plan)
    else usePlanDraft.setState({ plan: record.plan })
    goTo('benchmark')
  }
  useScreenKeys([{ keys: ['Enter'], label: 'plan it again', bindings: { enter: again } }])
  const firstFailure = record.error ?? cases.map(({ error }) => error).find((error) => error !== null) ?? null
  return (
    <>
      <TopBar crumbs={['Results', record.modelName, moment(record.createdAt)]}>
        <Badge tone={record.state === 'cancelled' ? 'plain' : 'fail'}>{record.state}</Badge>
        {record.simulated && <Badge tone="simulated">simulated</Badge>}
        {fullRounds > 0 && <Badge tone="warn">partial</Badge>}
      </TopBar>
      <main className="page" aria-label="Results">
        <PageHead
          number={
            <>
              {fullRounds}
              <small> of {launches * rounds} rounds</small>
            </>
          }
          statement={statementOf(record)}
          explanation={
            fullRounds > 0
              ? 'Everything measured until then is kept. No speedup is shown: no case was finished.'
              : 'Nothing was measured, so nothing is shown.'
          }
        />
        {firstFailure ? (
          <RemedyStrip error={firstFailure}>
            <Button onClick={() => goTo('setup')} shortcut="1">
              Open Setup
            </Button>
            <Button kind="primary" onClick={again} shortcut="↵">
              Plan it again
            </Button>
          </RemedyStrip>
        ) : (
          <div className="strip">
            <div>The same plan can be run again from the start.</div>
            <Button kind="primary" onClick={again} shortcut="↵">
              Plan it again
            </Button>
          </div>
        )}
        {group && <KeptRounds group={group} blocks={kept} rounds={launches * rounds} />}
      </main>
    </>
  )
}

function statementOf(record: RunRecord): string {
  if (record.state === 'cancelled') return 'The run was cancelled before a case was finished.'
  if (record.state === 'interrupted') return 'The run was interrupted: Enginebench closed while it went on.'
  return 'The run failed before a case was finished.'
}
