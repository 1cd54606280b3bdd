// `npm run bench`: measures the app itself and prints each figure with its target. Asserts nothing, and no test depends
// on it. Arguments after `--` name benchmark files: `npm run bench -- statistics`.
import { join } from 'node:path'
import { ensureBuilt, ensureNodePackages } from './build.mjs'
import { resolveElectronRuntime, runtimeEnvironment } from './electron-runtime.mjs'
import { repositoryFolder } from './folders.mjs'
import { runProgram, runScript } from './programs.mjs'
import { ensureSystemPackages, onSomeDisplay, systemNeeds } from './system.mjs'
import { ensureTestPython, pythonEnvironment } from './test-python.mjs'

await runScript(async () => {
  await ensureSystemPackages(systemNeeds.forTests)
  await ensureNodePackages()
  await ensureBuilt()
  const runtime = await resolveElectronRuntime({ inspectable: true })
  const python = await ensureTestPython()
  const vitest = join(repositoryFolder, 'node_modules', '.bin', 'vitest')
  const words = ['run', '--config', 'test/bench/vitest.config.ts', ...process.argv.slice(2)]
  const [command, args] = onSomeDisplay(vitest, words)
  const { code } = await runProgram(command, args, {
    env: {
      ...runtimeEnvironment(runtime),
      ENGINEBENCH_TEST_ELECTRON: runtime.executable,
      ...pythonEnvironment(python),
    },
  })
  return code
})
