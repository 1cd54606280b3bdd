// All runs on this machine, newest first.
import { useState } from 'react'
import type { RunState } from '../../../shared/domain/run.ts'
import { countText, timesText } from '../../../shared/report/figure-text.ts'
import { Button } from '../../components/button.tsx'
import { Badge, Glyph, runGlyph } from '../../components/glyph.tsx'
import { TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { FigureText } from '../../components/tables.tsx'
import { errorRecord } from '../../format/error.ts'
import { moment } from '../../format/quantity.ts'
import { goTo, pathOf } from '../../state/place.ts'
import { useRemoveRun, useUnreadable } from '../../state/removals.ts'
import { useResumeRun } from '../../state/run-live.ts'
import { useOpenFolder, useRuns } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { UndoStrip, UnreadableList } from '../removals/unreadable-list.tsx'

const endedEarly: ReadonlySet<RunState> = new Set(['interrupted', 'cancelled', 'failed'])

export function RunsScreen() {
  const runs = useRuns()
  const unreadable = useUnreadable('run')
  const openFolder = useOpenFolder()
  const remove = useRemoveRun()
  const resume = useResumeRun()
  const [wanted, setWanted] = useState('')
  const open = () => openFolder.mutate(undefined, { onSuccess: (run) => run && goTo('results', run.runId) })
  useScreenKeys([{ keys: ['Ctrl', 'O'], label: 'open a run folder', bindings: { 'mod+O': open } }])
  const error = runs.error ?? openFolder.error ?? resume.error ?? remove.error
  const shown = (runs.data ?? []).filter((run) =>
    `${run.modelName} ${run.preset} ${run.state} ${run.runId}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  return (
    <>
      <TopBar crumbs={['Runs']}>
        <Button onClick={open} shortcut="Ctrl O">
          Open a run folder
        </Button>
      </TopBar>
      <main className="page" aria-label="Runs">
        <div className="panel-head">
          <h1>
            {runs.data
              ? `${countText(runs.data.length)} ${runs.data.length === 1 ? 'run' : 'runs'}`
              : 'Loading the runs'}
          </h1>
          <span className="grow" />
          <input
            className="field wide"
            type="search"
            aria-label="Filter runs"
            placeholder="model, preset, state"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
        {error && <RemedyStrip error={errorRecord(error)} />}
        <UndoStrip />
        {runs.data?.length === 0 && unreadable.data?.length === 0 && (
          <p className="quiet panel-note">
            None yet. <a href={`#${pathOf('benchmark')}`}>Benchmark a model</a>, or open a run folder.
          </p>
        )}
        {shown.length > 0 && (
          <table className="chart-table runs-table">
            <caption className="visually-hidden">Runs, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">When</th>
                <th scope="col">State</th>
                <th scope="col">Preset</th>
                <th scope="col" className="number">
                  Cases
                </th>
                <th scope="col" className="number">
                  Largest speedup shown
                </th>
                <th scope="col">Notes</th>
                <th scope="col">
                  <span className="visually-hidden">Resume or remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((run) => (
                <tr key={run.runId}>
                  <td>
                    <a href={`#${pathOf('results', run.runId)}`} className="strong">
                      {run.modelName}
                    </a>
                  </td>
                  <td>{moment(run.createdAt)}</td>
                  <td>
                    <Glyph name={runGlyph(run.state)} size={8} /> {run.state}
                  </td>
                  <td>{run.preset}</td>
                  <td className="number">{run.caseCount}</td>
                  <td className="number">
                    <FigureText figure={run.bestSpeedup} format={timesText} />
                  </td>
                  <td>
                    {run.simulated && <Badge tone="simulated">simulated</Badge>}{' '}
                    {run.seededWeights && <Badge>seeded weights: timing valid, predictions not</Badge>}
                  </td>
                  <td className="right">
                    {endedEarly.has(run.state) && (
                      <Button
                        kind="plain"
                        onClick={() => resume.mutate(run.runId, { onSuccess: () => goTo('benchmark') })}
                        title="Continues the run: finished batch sizes are kept, the others are measured again"
                      >
                        Resume
                      </Button>
                    )}
                    <Button
                      kind="plain"
                      onClick={() =>
                        remove.mutate({ runId: run.runId, name: `${run.modelName}, ${moment(run.createdAt)}` })
                      }
                      title="Moves its folder to the trash folder next to the runs"
                    >
                      Remove
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <UnreadableList kinds={['run']} />
      </main>
    </>
  )
}
