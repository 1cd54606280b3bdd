// `npm start`: installs what is missing, builds what is out of date, opens the window. Works on a fresh clone.
import { ensureBuilt } from './build.mjs'
import { runProgram, runScript, StepFailed } from './child-process.mjs'
import { hasDisplay, hasVirtualDisplay, noDisplayText, onSomeDisplay } from './display.mjs'
import { resolveElectronRuntime, runtimeEnvironment } from './electron-runtime.mjs'
import { ensureNodePackages } from './node-packages.mjs'
import { repositoryFolder } from './repository.mjs'
import { ensureSystemPackages, systemNeeds } from './system-packages.mjs'

await runScript(async () => {
  const virtualDisplay = process.env.ENGINEBENCH_VIRTUAL_DISPLAY === '1'
  await ensureNodePackages()
  await ensureSystemPackages([
    ...systemNeeds.forWindow,
    ...systemNeeds.forPython,
    ...(virtualDisplay ? systemNeeds.forVirtualDisplay : []),
  ])
  await ensureBuilt()
  if (!hasDisplay() && !virtualDisplay) {
    console.error(noDisplayText)
    return 1
  }
  if (!hasDisplay() && !hasVirtualDisplay()) {
    throw new StepFailed('There is no display and no xvfb-run. On Debian and Ubuntu: apt-get install xvfb xauth')
  }
  const runtime = await resolveElectronRuntime().catch((error) => {
    throw new StepFailed(error.message)
  })
  if (runtime.notice) console.error(`electron: ${runtime.notice}`)
  const [command, args] = onSomeDisplay(runtime.executable, [repositoryFolder, ...process.argv.slice(2)])
  const { code } = await runProgram(command, args, { env: runtimeEnvironment(runtime) })
  return code
})
