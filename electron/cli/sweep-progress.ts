// Shows a sweep as it goes: JSON lines for machines, a line a point for people, on stderr either way.
import type { SweepPoint } from '../../shared/domain/sweep.ts'
import { seriesName } from '../../shared/report/sweep-report.ts'
import type { SweepEvent } from '../sweeps/sweep-service.ts'
import { figureText } from './figure-text.ts'
import type { ProgressKind } from './run-progress.ts'
import type { Terminal } from './terminal.ts'

export function sweepWriter(kind: ProgressKind, terminal: Terminal): (event: SweepEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (event) => terminal.note(JSON.stringify(event))
  return (event) => {
    switch (event.kind) {
      case 'sweep-started':
        terminal.note(`${event.sweepId}: ${event.points} points`)
        return
      case 'point-started':
        terminal.status(`${seriesName(event.point)}, batch ${event.point.batchSize}`)
        return
      case 'point-ended':
        terminal.note(pointText(event.point))
        return
      case 'sweep-ended':
        terminal.note(`${event.record.sweepId}: ${event.record.state}`)
        return
    }
  }
}

function pointText(point: SweepPoint): string {
  const { batchSize, state, reason, imagesPerSecond, latencyMs } = point
  const outcome =
    state === 'measured'
      ? `${figureText(imagesPerSecond, 'images/s')}, ${figureText(latencyMs, 'ms')}`
      : `${state}: ${reason ?? ''}`
  return `${seriesName(point)}, batch ${batchSize}: ${outcome}`
}
