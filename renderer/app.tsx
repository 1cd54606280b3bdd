// The frame around the screens: rail, page, key line, palette, and the keys that work everywhere.
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { lazy, Suspense, useEffect } from 'react'
import { capitalized } from '../shared/report/figure-text.ts'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { KeyLine } from './components/page-frame.tsx'
import { ConnectedRail } from './connected-rail.tsx'
import { DropZone } from './drop-zone.tsx'
import { BenchmarkScreen } from './features/benchmark/benchmark-screen.tsx'
import { ModelsScreen } from './features/models/models-screen.tsx'
import { RunsScreen } from './features/runs/runs-screen.tsx'
import { SetupScreen } from './features/setup/setup-screen.tsx'
import { Palette } from './palette.tsx'
import { useSettings } from './state/application.ts'
import { goTo, type Screen, usePlace } from './state/place.ts'
import { useScreenKeyLine, useWindowKeys } from './state/screen-keys.ts'
import { paintBackends } from './theme.ts'

// Screens with charts and Markdown load when they are first shown, so that the window opens sooner.
const ResultsScreen = lazy(async () => ({
  default: (await import('./features/results/results-screen.tsx')).ResultsScreen,
}))
const CompareScreen = lazy(async () => ({
  default: (await import('./features/compare/compare-screen.tsx')).CompareScreen,
}))
const DecideScreen = lazy(async () => ({
  default: (await import('./features/decide/decide-screen.tsx')).DecideScreen,
}))
const ReportScreen = lazy(async () => ({
  default: (await import('./features/report/report-screen.tsx')).ReportScreen,
}))

const screens: Readonly<Record<Screen, React.ComponentType>> = {
  setup: SetupScreen,
  models: ModelsScreen,
  benchmark: BenchmarkScreen,
  results: ResultsScreen,
  compare: CompareScreen,
  decide: DecideScreen,
  runs: RunsScreen,
  report: ReportScreen,
}

export function App() {
  const { screen, runId, runIds } = usePlace()
  const { keys } = useScreenKeyLine()
  useTheme()
  useWindowKeys([
    ['1', () => goTo('setup')],
    ['2', () => goTo('models')],
    ['3', () => goTo('benchmark')],
    ['4', () => goTo('results')],
    ['5', () => (screen === 'compare' ? undefined : goTo('compare'))],
    ['6', () => goTo('decide', runId)],
    ['8', () => goTo('report', runId)],
  ])
  const Shown = screens[screen]
  return (
    <div className="app">
      <ConnectedRail />
      <ErrorBoundary part={`The ${capitalized(screen)} screen`} place={`${screen} ${runIds.join(' ')}`}>
        <Suspense fallback={<main className="page" aria-busy="true" />}>
          <Shown />
        </Suspense>
      </ErrorBoundary>
      <KeyLine items={keys} note={null} />
      <ErrorBoundary part="The search" fallback={null}>
        <Palette />
      </ErrorBoundary>
      <ErrorBoundary part="The drop zone" fallback={null}>
        <DropZone />
      </ErrorBoundary>
    </div>
  )
}

function useTheme(): void {
  const theme = useSettings(({ settings }) => settings.theme)
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false })
  useEffect(() => setColorScheme(theme === 'system' ? 'auto' : theme), [theme, setColorScheme])
  useEffect(() => paintBackends(scheme), [scheme])
}
