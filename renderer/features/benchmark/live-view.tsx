// The race: time left, rounds, a lane a case as samples arrive, the machine under them. Claims no speedup.
import { useComputedColorScheme } from '@mantine/core'
import { useRef, useState } from 'react'
import { RoundRibbon } from '../../charts/round-ribbon.tsx'
import { useChartWidth } from '../../charts/width-of.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { Segments } from '../../components/segments.tsx'
import { TopBar } from '../../components/top-bar.tsx'
import { errorRecord } from '../../format/error.ts'
import type { LiveGroup, LiveRun } from '../../live/live-run.ts'
import { groupTracks } from '../../live/live-tracks.ts'
import { useCancelRun, useRunLive } from '../../state/run-live.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { widestInterval } from './interval-words.ts'
import { LanePanel } from './lane-panel.tsx'
import { LiveTable } from './live-table.tsx'
import { keptWords, liveAside, liveStatement, passOf } from './live-words.ts'
import { TimeLeft } from './time-left.tsx'
import { useTimeWindow } from './time-window.ts'

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
  const pass = passOf(run, group)
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
    { keys: ['Esc'], label: 'cancel, keep what is done', bindings: { escape: stop } },
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
          explanation={group && claimWords(group)}
          actions={
            <Button onClick={stop} disabled={stopping} shortcut="Esc">
              {stopping ? 'Cancelling' : `Cancel, keep ${keptWords(run)}`}
            </Button>
          }
        />
        {cancel.error && <RemedyStrip error={errorRecord(cancel.error)} />}
        <div ref={ref} className="ribbon">
          {group && (
            <RoundRibbon launches={group.launches} rounds={group.rounds} done={group.roundsDone} width={width} />
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

function claimWords(group: LiveGroup): React.ReactNode {
  const widest = widestInterval(group)
  return (
    <>
      {widest && (
        <>
          Widest interval now <span className="ink-word">{widest}</span>.{' '}
        </>
      )}
      No speedup is claimed before the last round.
    </>
  )
}
