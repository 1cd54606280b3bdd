// The frame around the screens: rail, page, key line, palette, and the keys that work everywhere.
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'
import { KeyLine } from './components/key-line.tsx'
import { ConnectedRail } from './connected-rail.tsx'
import { BenchmarkScreen } from './features/benchmark/benchmark-screen.tsx'
import { ModelsScreen } from './features/models/models-screen.tsx'
import { ReportScreen } from './features/report/report-screen.tsx'
import { ResultsScreen } from './features/results/results-screen.tsx'
import { RunsScreen } from './features/runs/runs-screen.tsx'
import { SetupScreen } from './features/setup/setup-screen.tsx'
import { Palette } from './palette.tsx'
import { paintBackends } from './state/palette.ts'
import { goTo, type Screen, usePlace } from './state/place.ts'
import { useScreenKeyLine, useWindowKeys } from './state/screen-keys.ts'
import { useSettings } from './state/settings.ts'

const screens: Readonly<Record<Screen, () => React.ReactNode>> = {
  setup: SetupScreen,
  models: ModelsScreen,
  benchmark: BenchmarkScreen,
  results: ResultsScreen,
  runs: RunsScreen,
  report: ReportScreen,
}

export function App() {
  const { screen, runId } = usePlace()
  const { keys } = useScreenKeyLine()
  useTheme()
  useWindowKeys([
    ['1', () => goTo('setup')],
    ['2', () => goTo('models')],
    ['3', () => goTo('benchmark')],
    ['4', () => goTo('results')],
    ['8', () => goTo('report', runId)],
  ])
  const Shown = screens[screen]
  return (
    <div className="app">
      <ConnectedRail />
      <Shown />
      <KeyLine items={keys} note={null} />
      <Palette />
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
