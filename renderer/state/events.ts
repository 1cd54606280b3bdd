// Connects the application's events to the stores, once for the lifetime of the window.
import { subscribe, subscribeRunEvents } from '../api.ts'
import { loadSettings } from './application.ts'
import { artifactsChanged } from './artifacts.ts'
import { backendsChanged, installationProgressed } from './backends.ts'
import { conversionProgressed } from './conversions.ts'
import { noiseFloorProgressed } from './noise-floors.ts'
import { resumeLiveRun, runProgressed } from './run-live.ts'
import { runsChanged } from './runs.ts'

export function connectEvents(): () => void {
  const endings = [
    subscribeRunEvents(runProgressed),
    subscribe('run:changed', ({ runId }) => runsChanged(runId)),
    subscribe('runs:changed', ({ runIds }) => runsChanged(...runIds)),
    subscribe('python:progressed', installationProgressed),
    subscribe('backends:changed', backendsChanged),
    subscribe('conversion:progressed', ({ events }) => conversionProgressed(events)),
    subscribe('artifacts:changed', artifactsChanged),
    subscribe('noise-floor:progressed', noiseFloorProgressed),
  ]
  return () => {
    for (const end of endings) end()
  }
}

/** Settings and the active run; if either fails, the window still opens. */
export async function takeUp(): Promise<void> {
  await loadSettings()
  await resumeLiveRun().catch(() => undefined)
}
