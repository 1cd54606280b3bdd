// The rail with data from the stores: the current place, the latest runs, and this machine while it is busy and while
// it is idle.
import type { Machine } from '../shared/domain/fingerprint.ts'
import type { MachinePoint, RunListEntry } from '../shared/ipc/contract.ts'
import { countText } from '../shared/report/figure-text.ts'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { runGlyph } from './components/glyph.tsx'
import { Rail, type ScreenName } from './components/rail.tsx'
import { gibibytes, moment } from './format/quantity.ts'
import { useMachine } from './state/application.ts'
import { pathOf, usePlace } from './state/place.ts'
import { useRunLive } from './state/run-live.ts'
import { useRuns } from './state/runs.ts'

const shown: readonly { readonly name: ScreenName; readonly title: string; readonly digit: number }[] = [
  { name: 'setup', title: 'Setup', digit: 1 },
  { name: 'models', title: 'Models', digit: 2 },
  { name: 'benchmark', title: 'Benchmark', digit: 3 },
  { name: 'results', title: 'Results', digit: 4 },
  { name: 'compare', title: 'Compare', digit: 5 },
  { name: 'decide', title: 'Decide', digit: 6 },
  { name: 'report', title: 'Report', digit: 8 },
]

/** Screens that show the run of the address. */
const ofOneRun: ReadonlySet<ScreenName> = new Set(['results', 'decide', 'report'])

const recentCount = 8

/** Leads to every screen, even if something about a run or this machine cannot be shown. */
export function ConnectedRail() {
  const screens = useScreens()
  return (
    <ErrorBoundary
      part="The rail"
      fallback={<Rail screens={screens} runs={[]} allRunsHref={`#${pathOf('runs')}`} machine={null} />}
    >
      <WholeRail screens={screens} />
    </ErrorBoundary>
  )
}

function useScreens() {
  const { screen, runId } = usePlace()
  return shown.map((each) => ({
    ...each,
    href: `#${pathOf(each.name, ofOneRun.has(each.name) ? runId : null)}`,
    current: each.name === screen,
  }))
}

function WholeRail({ screens }: { readonly screens: ReturnType<typeof useScreens> }) {
  const { screen, runId } = usePlace()
  const runs = useRuns()
  const machine = useMachine()
  const busy = useRunLive(({ run }) => (run && !run.ended ? run.machine : null))
  return (
    <Rail
      screens={screens}
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

// What the rail shows about this machine: its GPU's state if one is sampled, otherwise its processor's.

type Fact = readonly [name: string, value: string]

/** `now` is the latest sample of an active run; null while the machine is idle. */
export function railFacts(machine: Machine, now: MachinePoint | null): readonly Fact[] {
  const gpu = now?.gpu ?? null
  const load = reading('CPU load', now?.cpuLoadPercent, (value) => `${value.toFixed(0)} %`)
  if (gpu) {
    return [
      ...reading('GPU load', gpu.utilizationPercent, (value) => `${value.toFixed(0)} %`),
      ...reading('SM clock', gpu.smClockMhz, (value) => `${countText(value)} MHz`),
      ...reading('Power', gpu.powerWatts, (value) => `${value.toFixed(0)} W`),
      ...reading('Temperature', gpu.temperatureCelsius, (value) => `${value.toFixed(0)} °C`),
      ...load,
    ]
  }
  return [
    ['Cores, threads', `${machine.physicalCores}, ${machine.logicalCores}`],
    ...load,
    ...reading('CPU clock', now?.cpuClockMhz, (value) => `${countText(value)} MHz`),
    now?.memoryUsedBytes != null
      ? ['Memory used', gibibytes(now.memoryUsedBytes)]
      : ['Memory', gibibytes(machine.memoryBytes)],
    ...(machine.onBattery ? [['Power', 'on battery'] as const] : []),
  ]
}

function reading(name: string, value: number | null | undefined, text: (value: number) => string): readonly Fact[] {
  return value == null ? [] : [[name, text(value)]]
}
