// The store of the active run. The main process sends its events at most ten times per second; they wait in a queue
// here and are checked and applied in slices of a few ms, so that a burst of a hundred thousand samples never blocks
// the window. The store changes once per slice.
import { useMutation } from '@tanstack/react-query'
import { create } from 'zustand'
import type { Plan } from '../../shared/domain/plan.ts'
import { runEventSchema } from '../../shared/domain/run-event.ts'
import { request } from '../api.ts'
import { applyEvent, type LiveRun, newLiveRun } from '../live/live-run.ts'
import { createLiveTracks, type LiveTracks } from '../live/live-tracks.ts'
import { changeSettings } from './application.ts'

/** The time for one slice; drawing its result comes on top. */
const sliceMs = 8

interface RunLiveState {
  readonly run: LiveRun | null
  readonly tracks: LiveTracks
}

export const useRunLive = create<RunLiveState>(() => ({ run: null, tracks: createLiveTracks() }))

let queue: readonly { readonly runId: string; readonly event: unknown }[] = []
let waiting = false

/** Events in the order of arrival; the first event of another run begins that run. */
export function runProgressed(runId: string, events: readonly unknown[]): void {
  queue = [...queue, ...events.map((event) => ({ runId, event }))]
  applySoon()
}

function applySoon(): void {
  if (!waiting) setTimeout(applySlice, 0)
  waiting = true
}

function begin(runId: string): void {
  queue = queue.filter((queued) => queued.runId === runId)
  useRunLive.setState({ run: newLiveRun(runId), tracks: createLiveTracks() })
}

/** Checks and applies as many events as fit in a slice; at least one. Drops events that do not match the contract. */
function applySlice(): void {
  waiting = false
  const startedAt = performance.now()
  let { run, tracks } = useRunLive.getState()
  let taken = 0
  for (const { runId, event } of queue) {
    taken += 1
    if (run?.runId !== runId) {
      run = newLiveRun(runId)
      tracks = createLiveTracks()
    }
    const checked = runEventSchema.safeParse(event)
    if (checked.success) run = applyEvent(run, tracks, checked.data)
    if (performance.now() - startedAt >= sliceMs) break
  }
  queue = queue.slice(taken)
  if (queue.length > 0) applySoon()
  if (run && taken > 0) useRunLive.setState({ run: { ...run, version: run.version + 1 }, tracks })
}

/** After a reload: shows the active run, if there is one. */
export async function resumeLiveRun(): Promise<void> {
  const current = await request('run:current', {})
  if (current) runProgressed(current.runId, current.events)
}

/** Clears the ended run, so that a new one can be planned. */
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

/** Shows the run from its start again: discards what an earlier session reported about it. */
export function useResumeRun() {
  return useRunAgain('run:resume')
}

/** Further launches of a completed run with an undecided comparison; everything measured so far counts. */
export function useContinueRun() {
  return useRunAgain('run:continue')
}

function useRunAgain(name: 'run:resume' | 'run:continue') {
  return useMutation({
    mutationFn: async (earlierRunId: string) => {
      dismissLiveRun()
      const { runId } = await request(name, { runId: earlierRunId })
      if (useRunLive.getState().run === null) begin(runId)
      return runId
    },
  })
}

export function useCancelRun() {
  return useMutation({ mutationFn: (runId: string) => request('run:cancel', { runId }) })
}
