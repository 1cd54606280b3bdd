// The store of the run going on. Events queue here and are applied at most ten times a second, in slices short enough
// that the window never stalls; the store itself changes once a slice.
import { useMutation } from '@tanstack/react-query'
import { create } from 'zustand'
import type { Plan } from '../../shared/domain/plan.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { request } from '../api.ts'
import { applyEvent, type LiveRun, newLiveRun } from '../live/live-run.ts'
import { createLiveTracks, type LiveTracks } from '../live/live-tracks.ts'
import { changeSettings } from './application.ts'

const flushEveryMs = 100
const sliceMs = 12

interface RunLiveState {
  readonly run: LiveRun | null
  readonly tracks: LiveTracks
}

export const useRunLive = create<RunLiveState>(() => ({ run: null, tracks: createLiveTracks() }))

let queue: RunEvent[] = []
let timer: ReturnType<typeof setTimeout> | null = null

/** Events of one run, in order; those of another run begin a new one. */
export function runProgressed(runId: string, events: readonly RunEvent[]): void {
  if (useRunLive.getState().run?.runId !== runId) begin(runId)
  for (const event of events) queue.push(event)
  if (timer === null) timer = setTimeout(flush, flushEveryMs)
}

function begin(runId: string): void {
  queue = []
  useRunLive.setState({ run: newLiveRun(runId), tracks: createLiveTracks() })
}

function flush(): void {
  timer = null
  const { run, tracks } = useRunLive.getState()
  if (!run) return
  const startedAt = performance.now()
  let next = run
  let applied = 0
  for (const event of queue) {
    next = applyEvent(next, tracks, event)
    applied += 1
    if (performance.now() - startedAt > sliceMs) break
  }
  queue = queue.slice(applied)
  useRunLive.setState({ run: { ...next, version: run.version + 1 } })
  if (queue.length > 0) timer = setTimeout(flush, 0)
}

/** After a reload: takes up the run going on, if there is one. */
export async function resumeLiveRun(): Promise<void> {
  const current = await request('run:current', {})
  if (current) runProgressed(current.runId, current.events)
}

/** Puts the ended run away, so that a new one can be planned. */
export function dismissLiveRun(): void {
  if (useRunLive.getState().run?.ended) useRunLive.setState({ run: null, tracks: createLiveTracks() })
}

export function useStartRun() {
  return useMutation({
    mutationFn: async (plan: Plan) => {
      const { runId } = await request('run:start', { plan })
      if (useRunLive.getState().run?.runId !== runId) begin(runId)
      await changeSettings({ lastPlan: plan })
      return runId
    },
  })
}

/** The run is shown from its start again: what an earlier session told of it is put away. */
export function useResumeRun() {
  return useMutation({
    mutationFn: async (earlierRunId: string) => {
      dismissLiveRun()
      const { runId } = await request('run:resume', { runId: earlierRunId })
      if (useRunLive.getState().run === null) begin(runId)
      return runId
    },
  })
}

export function useCancelRun() {
  return useMutation({ mutationFn: (runId: string) => request('run:cancel', { runId }) })
}
