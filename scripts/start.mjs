// `npm start`: installs what is missing, builds what is out of date, opens the window. Works on a fresh clone.
import { ensureBuilt, ensureNodePackages } from './build.mjs'
import { resolveElectronRuntime, runtimeEnvironment } from './electron-runtime.mjs'
import { repositoryFolder } from './folders.mjs'
import { runProgram, runScript, StepFailed } from './programs.mjs'
import {
  ensureSystemPackages,
  hasDisplay,
  hasVirtualDisplay,
  noDisplayText,
  onSomeDisplay,
  systemNeeds,
} from './system.mjs'

/** Prints the progress of the set-up. A step with nothing to do prints nothing. */
const step = (number) => (line) => console.error(`[${number}/4] ${line}`)

await runScript(async () => {
  const virtualDisplay = process.env.ENGINEBENCH_VIRTUAL_DISPLAY === '1'
  const needs = [
    ...systemNeeds.forWindow,
    ...systemNeeds.forPython,
    ...(virtualDisplay ? systemNeeds.forVirtualDisplay : []),
  ]
  await ensureSystemPackages(needs, step(1))
  await ensureNodePackages(step(2))
  await ensureBuilt(step(3))
  if (!hasDisplay() && !virtualDisplay) {
    console.error(noDisplayText)
    return 1
  }
  if (!hasDisplay() && !hasVirtualDisplay()) {
    throw new StepFailed(
      'This machine has neither a display nor xvfb-run. On Debian and Ubuntu: apt-get install xvfb xauth',
    )
  }
  const runtime = await resolveElectronRuntime({ log: step(4) })
  const env = runtimeEnvironment(runtime)
  console.error(`Opening the window (Electron ${runtime.electronVersion})`)
  // Chromium prints an error for each desktop service that it does not find; the app has its own log.
  const words = [repositoryFolder, '--log-level=3', ...process.argv.slice(2)]
  const [command, args] = onSomeDisplay(runtime.executable, words)
  const { code } = await runProgram(command, args, { env })
  return code
})
