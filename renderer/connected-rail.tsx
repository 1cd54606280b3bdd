// The rail with what the stores know: the place, the latest runs, and this machine while it works and while it rests.
import type { Machine } from '../shared/domain/fingerprint.ts'
import type { RunListEntry } from '../shared/ipc/contract.ts'
import { runGlyph } from './components/glyph.tsx'
import { Rail } from './components/rail.tsx'
import type { ScreenName } from './components/screen-icon.tsx'
import { moment } from './format/time.ts'
import { railFacts } from './rail-facts.ts'
import { useMachine } from './state/app-description.ts'
import { pathOf, usePlace } from './state/place.ts'
import { useRunLive } from './state/run-live.ts'
import { useRuns } from './state/runs.ts'

const shown: readonly { readonly name: ScreenName; readonly title: string; readonly digit: number }[] = [
  { name: 'setup', title: 'Setup', digit: 1 },
  { name: 'models', title: 'Models', digit: 2 },
  { name: 'benchmark', title: 'Benchmark', digit: 3 },
  { name: 'results', title: 'Results', digit: 4 },
  { name: 'report', title: 'Report', digit: 8 },
]

const recentCount = 8

export function ConnectedRail() {
  const { screen, runId } = usePlace()
  const runs = useRuns()
  const machine = useMachine()
  const busy = useRunLive(({ run }) => (run && !run.ended ? run.machine : null))
  return (
    <Rail
      screens={shown.map((each) => ({
        ...each,
        href: `#${pathOf(each.name, each.name === 'report' || each.name === 'results' ? runId : null)}`,
        current: each.name === screen,
      }))}
      runs={(runs.data ?? []).slice(0, recentCount).map((run) => ({
        href: `#${run.state === 'running' ? pathOf('benchmark') : pathOf('results', run.runId)}`,
        title: run.modelName,
        note: `${moment(run.createdAt)} · ${noteOf(run)}`,
        glyph: runGlyph(run.state),
        current: screen === 'results' && run.runId === runId,
      }))}
      allRunsHref={`#${pathOf('runs')}`}
      machine={machine.data ? { name: machineName(machine.data), facts: railFacts(machine.data, busy) } : null}
    />
  )
}

function noteOf(run: RunListEntry): string {
  if (run.state !== 'completed') return run.state
  return run.simulated ? 'simulated' : run.preset
}

function machineName(machine: Machine): string {
  return machine.gpus[0]?.name ?? machine.cpuModel
}
