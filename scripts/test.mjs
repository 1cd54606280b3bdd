// `npm test`: sets up all that the tests need, runs every suite, and ends with one line of counts. With --long also
// what takes longer than a coffee. Words after `--only` name the stages to run: types lint unit python window. With
// --conversions each of unit, python and window runs the tests of conversions alone.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { runProgram, runScript } from './child-process.mjs'
import { onSomeDisplay } from './display.mjs'
import { resolveElectronRuntime, runtimeEnvironment } from './electron-runtime.mjs'
import { ensureNodePackages } from './node-packages.mjs'
import { repositoryFolder } from './repository.mjs'
import { sideBySide } from './side-by-side.mjs'
import { ensureSystemPackages, systemNeeds } from './system-packages.mjs'
import { countsLine, countsOfExitCode, countsOfPlaywright, countsOfPytest, countsOfVitest } from './test-counts.mjs'
import { ensureTestPython, hasTestBuilder } from './test-python.mjs'

const long = process.argv.includes('--long')
const only = process.argv.includes('--only') ? process.argv.slice(process.argv.indexOf('--only') + 1) : null
const conversions = process.argv.includes('--conversions')
const wants = (stage) => only === null || only.includes(stage)

await runScript(async () => {
  const reports = mkdtempSync(join(tmpdir(), 'enginebench-reports-'))
  try {
    const environment = await timed('setting up', setUp)
    const totals = { passed: 0, failed: 0, skipped: 0 }
    for (const stage of stages(environment, reports)) {
      if (!wants(stage.name)) continue
      const counts = await timed(stage.name, () => runStage(stage))
      for (const key of Object.keys(totals)) totals[key] += counts[key]
    }
    console.log(countsLine(totals))
    return totals.failed === 0 && totals.passed > 0 ? 0 : 1
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
})

async function setUp() {
  const { forWindow, forVirtualDisplay, forPython, forTestBuilder } = systemNeeds
  await ensureSystemPackages([
    ...[...forWindow, ...forVirtualDisplay, ...forPython],
    ...(hasTestBuilder ? forTestBuilder : []),
  ])
  await ensureNodePackages()
  await ensureBuilt()
  const needsPython = wants('unit') || wants('python') || wants('window')
  const [runtime, python] = await sideBySide(
    () => resolveElectronRuntime({ inspectable: true }),
    async () => (needsPython ? ensureTestPython() : null),
  )
  return {
    ...runtimeEnvironment(runtime),
    ENGINEBENCH_TEST_ELECTRON: runtime.executable,
    ...(python ? pythonEnvironment(python) : {}),
    ...(long ? { ENGINEBENCH_LONG: '1' } : {}),
  }
}

/** A test that needs Python gets it from here; the data folder is for reading the environments, not for runs. */
function pythonEnvironment({ home, main, yolo, openvino, tensorrt }) {
  return {
    ENGINEBENCH_TEST_HOME: home,
    ENGINEBENCH_TEST_PYTHON: main,
    ENGINEBENCH_TEST_YOLO_PYTHON: yolo,
    ENGINEBENCH_TEST_OPENVINO_PYTHON: openvino,
    ...(tensorrt ? { ENGINEBENCH_TEST_TENSORRT_PYTHON: tensorrt } : {}),
  }
}

/** Which tests of pytest run: `models` takes minutes, so that the long tests alone have them. */
function pytestMarkers() {
  const short = long ? 'models or not models' : 'not models or yolo'
  return conversions ? `conversions and (${short})` : short
}

function stages(env, reports) {
  const bin = (name) => join(repositoryFolder, 'node_modules', '.bin', name)
  const report = (name) => join(reports, name)
  const python = env.ENGINEBENCH_TEST_PYTHON ?? 'python3'
  const [playwright, playwrightWords] = onSomeDisplay(bin('playwright'), [
    'test',
    ...(conversions ? ['conversion'] : []),
    '--reporter=list,json',
  ])
  return [
    { name: 'types', command: bin('tsc'), words: ['-p', '.'], count: ({ code }) => countsOfExitCode(code) },
    { name: 'lint', command: bin('biome'), words: ['check', '.'], count: ({ code }) => countsOfExitCode(code) },
    {
      name: 'lint-python',
      command: python,
      words: ['-I', '-m', 'ruff', 'check', '--no-cache', '--quiet', 'electron/python'],
      count: ({ code }) => countsOfExitCode(code),
    },
    {
      name: 'unit',
      command: bin('vitest'),
      words: [
        'run',
        ...(conversions ? ['test/electron/conversions', 'test/pipeline/conversion'] : []),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report('unit.json')}`,
      ],
      env,
      count: () => countsOfVitest(readIfThere(report('unit.json'))),
    },
    {
      name: 'python',
      command: python,
      words: ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-m', pytestMarkers(), 'test'],
      env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
      capture: true,
      count: ({ output }) => countsOfPytest(output),
    },
    {
      name: 'window',
      command: playwright,
      words: playwrightWords,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report('window.json') },
      count: () => countsOfPlaywright(readIfThere(report('window.json'))),
    },
  ]
}

/** A stage that failed without a failed test (it could not start, it crashed) counts as one failure. */
async function runStage({ command, words, env = {}, capture = false, count }) {
  const result = await runProgram(command, words, { env, capture })
  const counts = count(result) ?? countsOfExitCode(result.code)
  return result.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

async function timed(name, work) {
  console.log(`\n== ${name}`)
  const started = performance.now()
  const result = await work()
  const counts = typeof result?.passed === 'number' ? `${countsLine(result)}, ` : ''
  console.log(`== ${name}: ${counts}${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}
