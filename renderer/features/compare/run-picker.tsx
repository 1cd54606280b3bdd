// Choosing two to ten runs to compare, from those on this machine.
import { useState } from 'react'
import type { RunListEntry } from '../../../shared/ipc/contract.ts'
import { fewestCompared, mostCompared } from '../../../shared/statistics/compare-runs.ts'
import { Button } from '../../components/button.tsx'
import { Badge } from '../../components/glyph.tsx'
import { moment } from '../../format/quantity.ts'
import { compareRunsOf, goTo } from '../../state/place.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'

interface RunPickerProps {
  readonly runs: readonly RunListEntry[]
  /** Chosen before; the first is the baseline. */
  readonly chosen: readonly string[]
}

export function RunPicker({ runs, chosen: before }: RunPickerProps) {
  const [chosen, setChosen] = useState<readonly string[]>(before)
  const [wanted, setWanted] = useState('')
  const isEnough = chosen.length >= fewestCompared && chosen.length <= mostCompared
  // The oldest is the baseline, unless one is pinned already.
  const inOrder = [...chosen].sort((left, right) => placeOf(runs, right) - placeOf(runs, left))
  const compare = () => {
    if (isEnough)
      compareRunsOf(
        [...before, ...inOrder.filter((runId) => !before.includes(runId))].filter((runId) => chosen.includes(runId)),
      )
  }
  useScreenKeys([{ keys: ['Enter'], label: 'compare', bindings: { enter: compare } }])
  const shown = runs.filter((run) =>
    `${run.modelName} ${run.preset} ${run.runId}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  if (runs.length < fewestCompared) {
    return (
      <div className="empty">
        <h1>Nothing to compare yet</h1>
        <p className="statement quiet">
          Two runs of the same cases show what changed between them. There {runs.length === 1 ? 'is one' : 'are none'}{' '}
          so far.
        </p>
        <Button kind="primary" tall onClick={() => goTo('benchmark')}>
          Open Benchmark
        </Button>
      </div>
    )
  }
  return (
    <>
      <div className="panel-head">
        <h1>Choose two to ten runs</h1>
        <span className="small quiet">The oldest is the baseline; another one can be pinned later.</span>
        <span className="grow" />
        <input
          className="field wide"
          type="search"
          aria-label="Filter runs"
          placeholder="model, preset"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <Button kind="primary" onClick={compare} disabled={!isEnough} shortcut="↵">
          {chosen.length > mostCompared ? `At most ${mostCompared}` : `Compare ${chosen.length} runs`}
        </Button>
      </div>
      <table className="chart-table runs-table">
        <caption className="visually-hidden">Runs to compare, newest first</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Chosen</span>
            </th>
            <th scope="col">Model</th>
            <th scope="col">When</th>
            <th scope="col">Preset</th>
            <th scope="col" className="number">
              Cases
            </th>
            <th scope="col">Notes</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((run) => (
            <tr key={run.runId}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`${run.modelName}, ${moment(run.createdAt)}`}
                  checked={chosen.includes(run.runId)}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked ? [...chosen, run.runId] : chosen.filter((each) => each !== run.runId),
                    )
                  }
                />
              </td>
              <td className="strong">{run.modelName}</td>
              <td>{moment(run.createdAt)}</td>
              <td>{run.preset}</td>
              <td className="number">{run.caseCount}</td>
              <td>{run.simulated && <Badge tone="simulated">simulated</Badge>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function placeOf(runs: readonly RunListEntry[], runId: string): number {
  return runs.findIndex((run) => run.runId === runId)
}
