// The current place in the window: a screen, and for some the run it shows. Kept in the address after `#`, so that it
// survives a reload.
import { navigate, useHashLocation } from 'wouter/use-hash-location'
import { keySchema } from '../../shared/domain/key.ts'
import { useRuns } from './runs.ts'

const screens = ['setup', 'models', 'benchmark', 'results', 'compare', 'decide', 'runs', 'report'] as const
export type Screen = (typeof screens)[number]

export interface Place {
  readonly screen: Screen
  readonly runId: string | null
  /** All runs of the address, in its order: Compare shows several, the first as the baseline. */
  readonly runIds: readonly string[]
}

export function pathOf(screen: Screen, runId: string | null = null): string {
  return runId ? `/${screen}/${runId}` : `/${screen}`
}

function placeOf(path: string): Place {
  const [, name, ...rest] = path.split('/')
  const screen = screens.find((each) => each === name) ?? 'benchmark'
  const runIds = [...new Set(rest.filter((each) => keySchema.safeParse(each).success))]
  return { screen, runId: runIds[0] ?? null, runIds }
}

/** @param runIds the first is the baseline. */
export function comparePath(runIds: readonly string[]): string {
  return ['/compare', ...runIds].join('/')
}

export function compareRunsOf(runIds: readonly string[]): void {
  navigate(comparePath(runIds))
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
