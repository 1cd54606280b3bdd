// How a row stands, in one word: what the headline counts and what decides whether the user is needed.
import { artifactOf, type TrackRow } from './track-rows.ts'

export type Standing = 'ready' | 'building' | 'waiting' | 'needs-you' | 'stopped'

export function standingOf(row: TrackRow): Standing {
  const state = row.conversion?.state
  if (state === 'running') return 'building'
  if (state === 'queued') return 'waiting'
  if (state === 'failed' || state === 'interrupted') return 'needs-you'
  if (state === 'cancelled') return 'stopped'
  const artifact = artifactOf(row)
  if (!artifact) return 'stopped'
  const isDisproved = artifact.precisionProof?.holds === false
  return isDisproved || artifact.parity.verdict === 'fail' ? 'needs-you' : 'ready'
}

/** `3 engines ready, 1 building, 2 need you`. */
export function headline(rows: readonly TrackRow[]): string {
  const counted = (standing: Standing) => rows.filter((row) => standingOf(row) === standing)
  const ready = counted('ready')
  const engines = ready.filter(({ engine }) => engine !== null).length
  const files = ready.length - engines
  const building = counted('building').length
  const waiting = counted('waiting').length
  const need = counted('needs-you').length
  const parts = [
    engines > 0 ? `${engines} ${engines === 1 ? 'engine' : 'engines'} ready` : '',
    files > 0 && engines === 0 ? `${files} ONNX ${files === 1 ? 'file' : 'files'} ready` : '',
    building > 0 ? `${building} building` : '',
    waiting > 0 ? `${waiting} waiting` : '',
    need > 0 ? `${need} ${need === 1 ? 'needs' : 'need'} you` : '',
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'Nothing converted yet'
}
