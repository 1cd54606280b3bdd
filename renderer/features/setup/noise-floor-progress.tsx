// The measurement of a noise floor going on, or how the last one ended where that needs words.
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { duration } from '../../format/time.ts'
import type { NoiseFloorWork } from '../../state/noise-floors.ts'

interface NoiseFloorProgressProps {
  readonly work: NoiseFloorWork
  readonly cancelling: boolean
  readonly onCancel: () => void
}

export function NoiseFloorProgress({ work: { preset, progress }, cancelling, onCancel }: NoiseFloorProgressProps) {
  if (!progress) return null
  const { done, of, remainingMs, outcome, error } = progress
  if (outcome === 'done') return null
  if (error) return <RemedyStrip error={error} />
  if (outcome === 'cancelled') {
    return (
      <p className="small quiet panel-note" role="status">
        Cancelled. {keptWords(done)}
      </p>
    )
  }
  return (
    <div className="noise-floor-progress">
      <div className="progress">
        <i style={{ width: `${(done / of) * 100}%` }} />
      </div>
      <p className="small" role="status">
        <span>
          {preset ? `${preset}: ` : ''}comparison {Math.min(of, done + 1)} of {of}
          <span className="faint">{remainingMs === null ? '' : `, ${duration(remainingMs)} left`}</span>
        </span>
        <Button kind="plain" onClick={onCancel} disabled={cancelling}>
          {cancelling ? 'Cancelling' : 'Cancel measuring'}
        </Button>
      </p>
    </div>
  )
}

function keptWords(done: number): string {
  if (done === 0) return 'Nothing was compared yet.'
  if (done === 1) return 'The one comparison made so far is kept; measuring goes on from there.'
  return `The ${done} comparisons made so far are kept; measuring goes on from there.`
}
