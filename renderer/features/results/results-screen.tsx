// Results: one run. The view depends on the outcome: measured, stopped before anything could be compared, still
// running, unreadable, or no run yet.

import { type BackendId, backendLabels } from '../../../shared/domain/backend.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { Button } from '../../components/button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { moment } from '../../format/quantity.ts'
import { useBackends } from '../../state/backends.ts'
import { useModels } from '../../state/models.ts'
import { goTo, useShownRunId } from '../../state/place.ts'
import { useOpenFolder, useRunRecord, useRuns } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { MeasuredResults } from './measured-results.tsx'
import { StoppedResults } from './stopped-results.tsx'

export function ResultsScreen() {
  const runs = useRuns()
  const runId = useShownRunId()
  const record = useRunRecord(runId)
  if (runId === null && runs.isSuccess) return <EmptyResults />
  const error = record.error ?? runs.error
  if (error) {
    return (
      <>
        <TopBar crumbs={['Results']} />
        <main className="page" aria-label="Results">
          <RemedyStrip error={errorRecord(error)}>
            <Button onClick={() => goTo('runs')}>All runs</Button>
          </RemedyStrip>
        </main>
      </>
    )
  }
  if (!record.data) {
    return (
      <>
        <TopBar crumbs={['Results']} />
        <main className="page" aria-label="Results" aria-busy="true" />
      </>
    )
  }
  if (record.data.state === 'running' || record.data.state === 'queued') return <StillRunning record={record.data} />
  const measured = record.data.groups.some(({ cases }) => cases.some(({ state }) => state === 'completed'))
  return measured ? (
    <MeasuredResults key={record.data.runId} record={record.data} />
  ) : (
    <StoppedResults key={record.data.runId} record={record.data} />
  )
}

function StillRunning({ record }: { readonly record: RunRecord }) {
  return (
    <>
      <TopBar crumbs={['Results', record.modelName, moment(record.createdAt)]} />
      <main className="page" aria-label="Results">
        <div className="empty">
          <h1>Still measuring</h1>
          <p className="statement quiet">No speedup is claimed before the last round.</p>
          <Button kind="primary" tall onClick={() => goTo('benchmark')}>
            Watch the run
          </Button>
        </div>
      </main>
    </>
  )
}

const outlined: readonly { readonly backend: BackendId; readonly precision: string }[] = [
  { backend: 'onnxruntime-node', precision: 'INT8' },
  { backend: 'onnxruntime-node', precision: 'FP16' },
  { backend: 'onnxruntime', precision: 'FP32' },
  { backend: 'torch-eager', precision: 'FP32' },
]

/** Nothing measured yet: an outline of rows, all the same so that no value is implied, and the next step. */
export function EmptyResults() {
  const backends = useBackends()
  const models = useModels()
  const openFolder = useOpenFolder()
  const benchmark = () => goTo('benchmark')
  const open = () => openFolder.mutate(undefined, { onSuccess: (run) => run && goTo('results', run.runId) })
  useScreenKeys([
    { keys: ['Enter'], label: 'benchmark', bindings: { enter: benchmark } },
    { keys: ['Ctrl', 'O'], label: 'open a run folder', bindings: { 'mod+O': open } },
  ])
  const ready = backends.data?.filter(({ available }) => available).length
  return (
    <>
      <TopBar crumbs={['Results']} />
      <main className="page" aria-label="Results">
        <div className="empty">
          <h1>Nothing measured yet</h1>
          <p className="statement quiet">
            Results appear here: one bar per candidate, each with its interval, latency, memory and parity.
          </p>
          <svg className="chart" width="650" height="172" aria-hidden="true">
            <line x1={196} x2={196} y1={4} y2={146} className="axis" />
            {outlined.map(({ backend, precision }, index) => (
              <g key={backend + precision}>
                <text x={0} y={index * 34 + 25} className="large">
                  {backendLabels[backend]}
                </text>
                <text x={184} y={index * 34 + 25} textAnchor="end" className="faint">
                  {precision}
                </text>
                <rect
                  x={196.5}
                  y={index * 34 + 12.5}
                  width={452}
                  height={17}
                  fill="none"
                  stroke="var(--line-strong)"
                  strokeDasharray="3 3"
                />
              </g>
            ))}
            <text x={196} y={164} textAnchor="middle" className="faint">
              0
            </text>
            <text x={648} y={164} textAnchor="end">
              speedup over the baseline, ×, with its 95 % interval
            </text>
          </svg>
          <ol className="next-steps">
            <li>
              <span className="pass">{ready ? <Glyph name="pass" size={11} /> : '1'}</span>
              <b>Machine ready</b>
              <span className="small quiet">
                {backends.data ? `${ready} of ${backends.data.length} backends` : 'checking the backends'}
              </span>
              <span />
            </li>
            <li>
              <span className="pass">{models.data ? <Glyph name="pass" size={11} /> : '2'}</span>
              <b>A model to measure</b>
              <span className="small quiet">{models.data ? models.data.map(({ name }) => name).join(', ') : ''}</span>
              <span />
            </li>
            <li>
              <b>3</b>
              <b>Measure</b>
              <span className="small quiet">the demonstration needs nothing installed</span>
              <Button kind="primary" onClick={benchmark} shortcut="↵">
                Open Benchmark
              </Button>
            </li>
          </ol>
          <Button kind="plain" onClick={open} shortcut="Ctrl O">
            Open a run folder
          </Button>
        </div>
      </main>
    </>
  )
}
