// `npm run bench`: measures the app itself and prints figures, with the targets they are held against. Asserts nothing,
// and no test depends on it. Words after `--` name benchmark files: `npm run bench -- statistics`.
import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { runProgram, runScript } from './child-process.mjs'
import { onSomeDisplay } from './display.mjs'
import { resolveElectronRuntime, runtimeEnvironment } from './electron-runtime.mjs'
import { ensureNodePackages } from './node-packages.mjs'
import { repositoryFolder } from './repository.mjs'
import { ensureSystemPackages, systemNeeds } from './system-packages.mjs'
import { ensureTestPython, hasTestBuilder } from './test-python.mjs'

await runScript(async () => {
  const { forWindow, forVirtualDisplay, forPython, forTestBuilder } = systemNeeds
  await ensureSystemPackages([
    ...[...forWindow, ...forVirtualDisplay, ...forPython],
    ...(hasTestBuilder ? forTestBuilder : []),
  ])
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
      ENGINEBENCH_TEST_HOME: python.home,
      ENGINEBENCH_TEST_PYTHON: python.main,
      ...(python.tensorrt ? { ENGINEBENCH_TEST_TENSORRT_PYTHON: python.tensorrt } : {}),
    },
  })
  return code
})
