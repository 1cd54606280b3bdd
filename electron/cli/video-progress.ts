// Shows an analysis of videos as it goes: JSON lines for machines, short lines for people, on stderr either way.
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import { numberText } from './figure-text.ts'
import type { ProgressKind } from './run-progress.ts'
import type { Terminal } from './terminal.ts'

export function videoWriter(kind: ProgressKind, terminal: Terminal): (event: VideoEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (event) => terminal.note(JSON.stringify(event))
  /** Without its numbers: a log needs one line of a step that counts. */
  let lastKind = ''
  return (event) => {
    switch (event.kind) {
      case 'video-started':
        terminal.note(`${event.videoId}: ${event.files} videos, ${event.tasks.join(' and ')}`)
        return
      case 'stage': {
        const share = event.fraction === null ? '' : ` · ${Math.round(event.fraction * 100)} %`
        if (terminal.noteIsTerminal) terminal.status(`${event.task}: ${event.message}${share}`)
        else if (kindOf(event) !== lastKind) terminal.note(`${event.task}: ${event.message}`)
        lastKind = kindOf(event)
        return
      }
      case 'round-completed': {
        const length = event.durationS === null ? '' : ` of ${numberText(event.durationS)}`
        terminal.status(
          `${event.task}: ${event.file} · ${event.frames} frames · ${numberText(event.positionS)}${length} s`,
        )
        return
      }
      case 'file-ended': {
        const { file, state, frames, reason } = event.file
        terminal.note(`${event.task}: ${file}: ${state}, ${frames} frames${reason === null ? '' : ` (${reason})`}`)
        return
      }
      case 'video-ended':
        terminal.note(`${event.videoId}: ${event.state}`)
        return
    }
  }
}

function kindOf({ task, message }: Extract<VideoEvent, { kind: 'stage' }>): string {
  return `${task}: ${message.replace(/\d+/g, '#')}`
}
