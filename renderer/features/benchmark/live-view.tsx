// The live view: time left, rounds, one lane per case as samples arrive, the machine below. Claims no speedup.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { passIds, passOf } from '../../../shared/passes/index.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { capitalized, countText, numberText } from '../../../shared/report/figure-text.ts'
import { stopWords } from '../../../shared/report/verdict-words.ts'
import { parityToCome } from '../../../shared/statistics/parity.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { LaunchRibbon } from '../../charts/launch-ribbon.tsx'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { Badge } from '../../components/glyph.tsx'
import { PageHead, TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { ChartTable, FigureText } from '../../components/tables.tsx'
import { errorRecord } from '../../format/error.ts'
import { clock } from '../../format/quantity.ts'
import { isOut, type LiveGroup, type LiveRun } from '../../live/live-run.ts'
import { groupTracks } from '../../live/live-tracks.ts'
import { useCancelRun, useRunLive } from '../../state/run-live.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { LanePanel, samplesText, standingOf, useTimeWindow } from './lane-panel.tsx'

export function LiveView({ run }: { readonly run: LiveRun }) {
  const tracks = useRunLive((state) => state.tracks)
  const cancel = useCancelRun()
  const [chosenKey, setChosenKey] = useState<string | null>(null)
  const asked = useRef<string | null>(null)
  const [asTable, setAsTable] = useState(false)
  const window = useTimeWindow()
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false })
  const { ref, width } = useChartWidth(1216)
  const group =
    run.groups.find(({ groupKey }) => groupKey === (chosenKey ?? run.currentGroupKey)) ?? run.groups[0] ?? null
  const pass = passInProgress(run, group)
  const stop = () => {
    if (asked.current === run.runId) return
    asked.current = run.runId
    cancel.mutate(run.runId, { onError: () => (asked.current = null) })
  }
  useScreenKeys([
    { keys: ['W', 'S'], label: 'zoom', bindings: { w: () => window.zoom(0.5), s: () => window.zoom(2) } },
    { keys: ['A', 'D'], label: 'pan', bindings: { a: () => window.pan(-0.25), d: () => window.pan(0.25) } },
    { keys: ['F'], label: 'follow now', bindings: { f: window.follow } },
    { keys: ['T'], label: 'table', bindings: { t: () => setAsTable((shown) => !shown) } },
    { keys: ['Esc'], label: 'cancel, keep finished work', bindings: { escape: stop } },
  ])
  const stopping = cancel.isPending || cancel.isSuccess
  return (
    <>
      <TopBar crumbs={['Benchmark', run.modelName || 'starting', ...(group ? [`batch ${group.batchSize}`] : [])]}>
        {run.simulated && <Badge tone="simulated">simulated</Badge>}
        {run.groups.length > 1 && group && (
          <Segments
            label="Batch"
            value={group.groupKey}
            segments={run.groups.map(({ groupKey, batchSize }) => ({ value: groupKey, label: String(batchSize) }))}
            onChange={setChosenKey}
          />
        )}
      </TopBar>
      <main className="page" aria-label="Benchmark, running">
        <PageHead
          number={<TimeLeft remainingMs={run.remainingMs} />}
          statement={liveStatement(run, group)}
          aside={group && liveAside(run, group)}
          explanation={group && launchWords(group)}
          actions={
            <Button onClick={stop} disabled={stopping} shortcut="Esc">
              {stopping ? 'Cancelling' : `Cancel, keep ${keptWords(run)}`}
            </Button>
          }
        />
        {cancel.error && <RemedyStrip error={errorRecord(cancel.error)} />}
        <div ref={ref} className="ribbon">
          {group && (
            <LaunchRibbon
              launches={group.launches}
              done={group.launchesDone}
              share={Math.min(1, group.roundsOfLaunch / group.rounds)}
              width={width}
            />
          )}
          <p className="small quiet stage-line" role="status">
            {run.stage ? run.stage.message : 'Starting the workers'}
          </p>
          {pass && run.stage?.fraction != null && (
            <div className="progress pass-progress">
              <i style={{ width: `${run.stage.fraction * 100}%` }} />
            </div>
          )}
        </div>
        {group && asTable && <LiveTable group={group} />}
        {group && !asTable && (
          <LanePanel
            group={group}
            tracks={groupTracks(tracks, group.groupKey)}
            machine={tracks.machine}
            span={window.span}
            version={run.version}
            scheme={scheme}
            simulated={run.simulated}
            workingKey={pass?.caseKey ?? null}
          />
        )}
      </main>
    </>
  )
}

/**
 * `2 of at most 12 launches are done. 1 of 3 comparisons is decided. The next look is after 5.`; in the first launch, why
 * no speed is shown.
 */
export function launchWords({ launches, launchesDone, comparisons, nextLook, stopped, cases }: LiveGroup): string {
  const verdicts = Object.values(comparisons).map(({ verdict }) => verdict)
  const decided = verdicts.filter((verdict) => verdict !== null && verdict !== 'undecided').length
  const looked = verdicts.some((verdict) => verdict !== null)
  return [
    `${launchesDone} of at most ${launches} launches ${launchesDone === 1 ? 'is' : 'are'} done.`,
    ...(launchesDone === 0 && cases.every(({ parity }) => parity === null) ? [parityToCome] : []),
    ...(looked ? [`${decided} of ${verdicts.length} comparisons ${decided === 1 ? 'is' : 'are'} decided.`] : []),
    ...(nextLook === null || stopped !== null ? [] : [`The next look is after ${nextLook}.`]),
  ].join(' ')
}

// The live view's status: which round, how the candidates take turns, and which pass runs after the rounds.

/** The running pass: its name and its case; null during rounds, loading or anything else. */
export function passInProgress(
  { stage }: LiveRun,
  group: LiveGroup | null,
): { name: string; caseKey: string | null } | null {
  // Offline passes are reported as measuring, like rounds.
  const pass = passIds.map(passOf).find((each) => each.stage === stage?.stage && each.stage !== 'measure')
  if (!stage || !pass) return null
  const found = group?.cases.some(({ caseKey }) => caseKey === stage.caseKey)
  return { name: pass.title, caseKey: found ? stage.caseKey : null }
}

export function liveStatement(run: LiveRun, group: LiveGroup | null): string {
  if (!group) return 'Starting.'
  const pass = passInProgress(run, group)
  if (pass) {
    const at = group.cases.find(({ caseKey }) => caseKey === pass.caseKey)
    return at ? `${pass.name} of ${caseName(at)}.` : `${pass.name}.`
  }
  const { launchesDone, roundsOfLaunch, rounds, stopped } = group
  if (stopped) return `${capitalized(stopWords(stopped, launchesDone))}.`
  const launch = `Launch ${launchesDone + 1}`
  if (roundsOfLaunch >= rounds) return `${launch}, all ${rounds} rounds done.`
  if (roundsOfLaunch > 0) return `${launch}, round ${roundsOfLaunch + 1} of ${rounds}.`
  if (run.stage?.stage === 'measure') return `${launch}, round 1 of ${rounds}.`
  return launchesDone === 0 ? 'Preparing to measure.' : `${launch} of at most ${group.launches} starts.`
}

export function liveAside(run: LiveRun, group: LiveGroup): string {
  if (passInProgress(run, group)) return 'Extra measurements: one candidate at a time, in a fresh process.'
  const running = group.cases.filter(({ state }) => !isOut(state)).length
  if (running === 1) return 'Only one candidate runs.'
  return `${running} candidates take turns, one at a time, in a new order each round.`
}

function keptWords(run: LiveRun): string {
  const rounds = run.groups.reduce((sum, group) => sum + group.roundsDone, 0)
  return rounds === 1 ? '1 round' : `${countText(rounds)} rounds`
}

/** Time left, counted down between the executor's estimates. */
function TimeLeft({ remainingMs }: { readonly remainingMs: number | null }) {
  const [shownMs, setShownMs] = useState(remainingMs)
  useEffect(() => {
    setShownMs(remainingMs)
    if (remainingMs === null) return
    const saidAt = performance.now()
    const timer = setInterval(() => setShownMs(Math.max(0, remainingMs - (performance.now() - saidAt))), 1_000)
    return () => clearInterval(timer)
  }, [remainingMs])
  if (shownMs === null) return <small>time left unknown</small>
  return (
    <>
      {clock(shownMs)}
      <small> left</small>
    </>
  )
}

/** The live lanes as a table. */
function LiveTable({ group }: { readonly group: LiveGroup }) {
  return (
    <ChartTable
      caption={`Figures so far at batch ${group.batchSize}`}
      columns={[
        { title: 'Candidate' },
        { title: 'State' },
        { title: 'p50 so far, ms', number: true },
        { title: 'Speedup so far, ×' },
        { title: 'Latest look' },
        { title: 'Samples', number: true },
      ]}
      rows={group.cases.map((each) => ({
        key: each.caseKey,
        cells: [
          caseName(each),
          each.reason ? `${each.state}: ${each.reason}` : each.state,
          <FigureText key="p50" figure={each.p50Ms} format={numberText} />,
          standingOf(each, group).ratio,
          standingOf(each, group).verdict,
          samplesText(each),
        ],
      }))}
    />
  )
}
