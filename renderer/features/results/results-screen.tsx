// Results: one run. Which of its faces shows depends on what came of it: measured, stopped before anything could be
// compared, still running, unreadable, or nothing at all yet.
import type { RunRecord } from '../../../shared/domain/run.ts'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { TopBar } from '../../components/top-bar.tsx'
import { errorRecord } from '../../format/error.ts'
import { moment } from '../../format/time.ts'
import { goTo, useShownRunId } from '../../state/place.ts'
import { useRunRecord, useRuns } from '../../state/runs.ts'
import { EmptyResults } from './empty-results.tsx'
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
            Watch it
          </Button>
        </div>
      </main>
    </>
  )
}
