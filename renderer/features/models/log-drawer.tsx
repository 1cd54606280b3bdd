// The log of a running step or of a stored artifact: every line, with repeated lines folded into one with a count.
import { Drawer } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { LogEntry } from '../../../shared/domain/conversion.ts'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { useArtifactLog } from '../../state/artifacts.ts'
import { closeLog, type OpenLog, useOpenLog, useStepLog } from '../../state/conversions.ts'

export function LogDrawer() {
  const { log } = useOpenLog()
  if (!log) return null
  return (
    <Drawer
      opened
      onClose={closeLog}
      position="right"
      size="xl"
      title={`Log: ${log.title}${log.kind === 'step' ? `, ${log.step}` : ''}`}
    >
      {log.kind === 'step' ? <StepLog log={log} /> : <ArtifactLog artifactKey={log.artifactKey} />}
    </Drawer>
  )
}

function StepLog({ log }: { readonly log: Extract<OpenLog, { kind: 'step' }> }) {
  const entries = useStepLog(log.conversionId, log.step)
  if (entries.error) return <RemedyStrip error={errorRecord(entries.error)} />
  return <Lines entries={entries.data?.entries ?? []} pending={entries.isPending} />
}

function ArtifactLog({ artifactKey }: { readonly artifactKey: string }) {
  const log = useArtifactLog(artifactKey)
  if (log.error) return <RemedyStrip error={errorRecord(log.error)} />
  const lines = (log.data?.text ?? '').split('\n').filter((line) => line !== '')
  return <Lines entries={lines.map((text) => ({ level: 'info', text, count: 1 }))} pending={log.isPending} />
}

interface LinesProps {
  readonly entries: readonly LogEntry[]
  readonly pending: boolean
}

/** Follows the end while the end is visible. */
function Lines({ entries, pending }: LinesProps) {
  const box = useRef<HTMLOListElement>(null)
  const follows = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the end
  useEffect(() => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [entries])
  if (entries.length === 0) return <p className="quiet small">{pending ? 'Loading the log.' : 'The log is empty.'}</p>
  return (
    <ol
      className="log-lines mono"
      aria-label="Log lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        follows.current = scrollTop + clientHeight >= scrollHeight - 24
      }}
    >
      {entries.map(({ level, text, count }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added
        <li key={index} className={level}>
          {(level === 'warning' || level === 'error') && <b>{level} </b>}
          {text}
          {count > 1 && <span className="log-count"> × {count}</span>}
        </li>
      ))}
    </ol>
  )
}
