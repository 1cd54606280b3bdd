// The current place in the window: a screen, and for some the run it shows. Kept in the address after `#`, so that it
// survives a reload.
import { navigate, useHashLocation } from 'wouter/use-hash-location'
import { keySchema } from '../../shared/domain/key.ts'
import { useRuns } from './runs.ts'

export type Screen = 'setup' | 'models' | 'benchmark' | 'results' | 'runs' | 'report'

export interface Place {
  readonly screen: Screen
  readonly runId: string | null
}

const screens: readonly Screen[] = ['setup', 'models', 'benchmark', 'results', 'runs', 'report']

export function pathOf(screen: Screen, runId: string | null = null): string {
  return runId ? `/${screen}/${runId}` : `/${screen}`
}

function placeOf(path: string): Place {
  const [, name, runId] = path.split('/')
  const screen = screens.find((each) => each === name) ?? 'benchmark'
  return { screen, runId: keySchema.safeParse(runId).success ? (runId ?? null) : null }
}

export function usePlace(): Place {
  const [path] = useHashLocation()
  return placeOf(path)
}

export function goTo(screen: Screen, runId: string | null = null): void {
  navigate(pathOf(screen, runId))
}

/** The run shown by Results and Report: the one in the address, else the newest. Null while none is known. */
export function useShownRunId(): string | null {
  const { runId } = usePlace()
  const runs = useRuns()
  return runId ?? runs.data?.[0]?.runId ?? null
}
