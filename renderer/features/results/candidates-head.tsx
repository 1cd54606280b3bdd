// What stands over the rows: a title a column, with its unit.
import { Button } from '../../components/button.tsx'
import type { RowHead } from './row-head.ts'

interface CandidatesHeadProps {
  readonly head: RowHead
  readonly simulated: boolean
  readonly zoomed: boolean
  readonly onZoom: () => void
}

export function CandidatesHead({ head, simulated, zoomed, onZoom }: CandidatesHeadProps) {
  return (
    <div className="candidates-head micro">
      <span className="strong">Candidate</span>
      <span>
        <b>{head.speedupTitle}</b>
        {head.speedupNote}
      </span>
      <span>
        <b>Latency{simulated ? ', simulated' : ''}</b>
        ms{' '}
        <Button kind="plain" onClick={onZoom} shortcut="Z">
          {zoomed ? 'shared axis' : 'zoom to row'}
        </Button>
      </span>
      <span className="percentiles">
        <b title="median, with its 95 % interval in the table">p50</b>
        <b title="95th percentile">p95</b>
        <b title="99th percentile">p99</b>
        <i>ms</i>
      </span>
      <span>
        <b>{head.memoryTitle}</b>
        MiB
      </span>
      <span>
        <b>Energy</b>
        <span title="joules an image, gross; net of idle power in the line under the rows">J / image</span>
      </span>
      {head.accuracy && (
        <span>
          <b>Accuracy</b>
          test set
        </span>
      )}
      <span>
        <b>Parity</b>
        {head.parityNote}
      </span>
    </div>
  )
}
