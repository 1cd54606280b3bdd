// Compare: two to ten runs in columns. The address names them, the first as the pinned baseline.
import { useState } from 'react'
import type { RunRecord } from '../../../shared/domain/run.ts'
import {
  changeText,
  changeWithInterval,
  comparisonHeadline,
  rowName,
  twoMoments,
} from '../../../shared/report/comparison/comparison-words.ts'
import { obstacleBanner, runDifferences } from '../../../shared/report/comparison/run-differences.ts'
import { compareRuns, mostCompared } from '../../../shared/statistics/compare-runs.ts'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { PageHead, TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { SettleStrip } from '../../components/settle-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { compareRunsOf, goTo, usePlace } from '../../state/place.ts'
import { useRunRecords, useRuns } from '../../state/runs.ts'
import { arrowKeys, useScreenKeys } from '../../state/screen-keys.ts'
import { beginSettling, endSettling, useSettlement } from '../../state/settling.ts'
import { ComparisonTable, shownRows } from './comparison-table.tsx'
import { RunPicker } from './run-picker.tsx'

export function CompareScreen() {
  const { runIds } = usePlace()
  const runs = useRuns()
  const [isAdding, setAdding] = useState(false)
  const records = useRunRecords(runIds)
  if (runIds.length < 2 || isAdding) {
    return (
      <>
        <TopBar crumbs={['Compare']} />
        <main className="page" aria-label="Compare" aria-busy={runs.isPending}>
          {runs.error && <RemedyStrip error={errorRecord(runs.error)} />}
          {runs.data && (
            <RunPicker
              key={runIds.join(' ')}
              runs={runs.data.filter(({ state }) => state !== 'running' && state !== 'queued')}
              chosen={runIds}
            />
          )}
        </main>
      </>
    )
  }
  const read = records.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const isBusy = records.some(({ isPending }) => isPending)
  return (
    <>
      <TopBar crumbs={['Compare', ...new Set(read.map(({ modelName }) => modelName))]}>
        <span>
          {runIds.length} of at most {mostCompared} runs
        </span>
      </TopBar>
      <main className="page" aria-label="Compare" aria-busy={isBusy}>
        {records.map(({ error }, index) => {
          const runId = runIds[index]
          if (error === null || runId === undefined) return null
          return (
            <RemedyStrip key={runId} error={errorRecord(error)}>
              <Button onClick={() => compareRunsOf(runIds.filter((each) => each !== runId))}>Leave it out</Button>
            </RemedyStrip>
          )
        })}
        {isBusy && <p className="quiet panel-note">Reading {runIds.length} runs</p>}
        {!isBusy && read.length > 1 && <Comparison runs={read} onAdd={() => setAdding(true)} />}
        {!isBusy && read.length < 2 && (
          <Button kind="primary" onClick={() => goTo('compare')}>
            Choose other runs
          </Button>
        )}
      </main>
    </>
  )
}

function Comparison({ runs, onAdd }: { readonly runs: readonly RunRecord[]; readonly onAdd: () => void }) {
  const [isWhole, setWhole] = useState(false)
  const [chosenRow, setRow] = useState(0)
  const [chosenRun, setRun] = useState(1)
  const settlement = useSettlement()
  const comparison = compareRuns(runs)
  const { change, statement, explanation } = comparisonHeadline(comparison)
  const rows = shownRows(comparison, !isWhole)
  const row = Math.min(chosenRow, Math.max(0, rows.length - 1))
  const run = Math.min(chosenRun, runs.length - 1)
  const banners = runs.flatMap((_, index) => obstacleBanner(comparison, index) ?? [])
  const pin = () => {
    const pinned = runs[run]
    if (pinned !== undefined)
      compareRunsOf([pinned.runId, ...runs.map(({ runId }) => runId).filter((runId) => runId !== pinned.runId)])
  }
  const settle = () => {
    const draft = settleDraft(comparison, rows[row]?.row ?? null, run)
    if (draft !== null) beginSettling(draft)
  }
  const moveRow = (by: number) => setRow(Math.max(0, Math.min(rows.length - 1, row + by)))
  const moveRun = (by: number) => setRun(Math.max(0, Math.min(runs.length - 1, run + by)))
  useScreenKeys([
    { keys: ['↑', '↓'], label: 'row', bindings: arrowKeys('ArrowUp', 'ArrowDown', moveRow) },
    { keys: ['←', '→'], label: 'run', bindings: arrowKeys('ArrowLeft', 'ArrowRight', moveRun) },
    { keys: ['P'], label: 'pin', bindings: { p: pin } },
    { keys: ['D'], label: 'differences only', bindings: { d: () => setWhole(!isWhole) } },
    { keys: ['N'], label: 'add a run', bindings: { n: onAdd } },
    { keys: ['S'], label: 'settle', bindings: { s: settle } },
    ...(settlement === null ? [] : [{ keys: ['Esc'], label: 'close', bindings: { Escape: endSettling } }]),
  ])
  const hero = change === null ? '–' : changeText(change.change.ratio ?? 1).replace(' %', '')
  return (
    <>
      <PageHead
        number={
          <>
            {hero} {change !== null && <small>%</small>}
          </>
        }
        note={change === null ? 'no change shown' : changeWithInterval(change.change)}
        statement={statement}
        explanation={explanation}
        actions={
          <div className="compare-actions">
            <Button onClick={pin} shortcut="P" disabled={run === 0}>
              Pin
            </Button>
            <Button onClick={onAdd} shortcut="N">
              Add run
            </Button>
            <Button
              kind="primary"
              onClick={settle}
              shortcut="S"
              disabled={settleDraft(comparison, rows[row]?.row ?? null, run) === null}
            >
              Settle
            </Button>
            <Segments
              label="Rows"
              value={isWhole ? 'all' : 'differences'}
              segments={[
                { value: 'all', label: 'All rows' },
                { value: 'differences', label: 'Differences only' },
              ]}
              onChange={(value) => setWhole(value === 'all')}
            />
          </div>
        }
      />
      {settlement && <SettleStrip {...settlement} onStart={() => settlement.start(() => goTo('benchmark'))} />}
      {banners.map((banner) => (
        <div key={banner} className="strip warn" role="note">
          <div>{banner}</div>
        </div>
      ))}
      <ComparisonTable
        comparison={comparison}
        differences={runDifferences(comparison)}
        rows={rows}
        chosenRow={row}
        chosenRun={run}
        onChoose={setRow}
      />
      <p className="small quiet panel-note">{twoMoments}</p>
    </>
  )
}

/** The case of the row in the pinned run and in the chosen one; null if either lacks it. */
function settleDraft(
  { runs, baseline }: ReturnType<typeof compareRuns>,
  row: ReturnType<typeof compareRuns>['rows'][number] | null,
  run: number,
) {
  const other = run === baseline ? runs.findIndex((_, index) => index !== baseline) : run
  const [left, right] = [baseline, other].map((index) => {
    const [record, entry] = [runs[index], row?.entries[index]]
    const group = record?.groups.find(({ cases }) => entry != null && cases.includes(entry))
    return record && entry && group ? { runId: record.runId, groupKey: group.groupKey, caseKey: entry.caseKey } : null
  })
  const name = row === null ? '' : rowName(row)
  return left && right ? { left, right, names: [name, name] as const } : null
}
