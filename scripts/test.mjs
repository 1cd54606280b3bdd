// `npm test`: sets up all that the tests need, runs every stage, and ends with the time of each stage and one line of
// counts. Options:
//
//   --only NAME…     only these stages: types lint lint-python unit python window identical-pairs soak
//   --conversions    unit, python and window run only the tests of conversions
//   --long           also the tests that take minutes each
//   --summary FILE   writes what ran, how long it took and what failed to FILE
//
// docs/testing.md says what runs where.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem, type } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt, ensureNodePackages } from './build.mjs'
import { resolveElectronRuntime, runtimeEnvironment } from './electron-runtime.mjs'
import { repositoryFolder } from './folders.mjs'
import { runProgram, runScript, StepFailed, sideBySide } from './programs.mjs'
import { ensureSystemPackages, onSomeDisplay, systemNeeds } from './system.mjs'
import { ensureTestPython, pythonEnvironment } from './test-python.mjs'
import {
  countsLine,
  countsOfExitCode,
  readPlaywright,
  readPytest,
  readVitest,
  retriedLines,
  slowestLines,
} from './test-reports.mjs'

const stageNames = ['types', 'lint', 'lint-python', 'unit', 'python', 'window', 'identical-pairs', 'soak']
const identicalPairs = 'test/pipeline/identical-pairs.long.test.ts'
const soak = 'test/soak/soak.long.test.ts'
const { values: options, positionals } = parseArgs({
  options: {
    only: { type: 'boolean', default: false },
    conversions: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    summary: { type: 'string' },
  },
  allowPositionals: true,
})
const wants = (name) => !options.only || positionals.includes(name)

const bin = (name) => join(repositoryFolder, 'node_modules', '.bin', name)
const readIfThere = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

await runScript(async () => {
  const unknown = positionals.filter((name) => !stageNames.includes(name))
  if (unknown.length > 0 || options.only !== positionals.length > 0) {
    throw new StepFailed(`Name the stages after --only: ${stageNames.join(' ')}`)
  }
  const reports = mkdtempSync(join(tmpdir(), 'enginebench-reports-'))
  const started = performance.now()
  try {
    const ended = []
    const record = (stage) => {
      if (stage) ended.push(stage)
    }
    const [environment] = await setUp(record)
    for (const stage of testStages(environment, reports)) record(await runStage(stage))
    const total = ended.reduce((sum, { counts }) => addCounts(sum, counts), { passed: 0, failed: 0, skipped: 0 })
    const times = stageTimes(ended, performance.now() - started)
    if (options.summary) writeSummary(resolve(options.summary), ended, [...times, countsLine(total)])
    console.log(['', ...times, countsLine(total)].join('\n'))
    return total.failed === 0 && total.passed > 0 ? 0 : 1
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
})

/** Types and lint need only the Node packages, so they run during the rest of set-up. */
async function setUp(record) {
  console.log('\n== set-up')
  const started = performance.now()
  await ensureSystemPackages(systemNeeds.forTests)
  await ensureNodePackages()
  const needsPython = ['lint-python', 'unit', 'python', 'window', 'soak'].some(wants)
  const needsApp = ['unit', 'python', 'window', 'identical-pairs', 'soak'].some(wants)
  const checks = async () => {
    record(await runCheck('types', bin('tsc'), ['-p', '.']))
    record(await runCheck('lint', bin('biome'), ['check', '.']))
  }
  const app = async () => {
    if (!needsApp) return {}
    await ensureBuilt()
    const runtime = await resolveElectronRuntime({ inspectable: true })
    return { ...runtimeEnvironment(runtime), ENGINEBENCH_TEST_ELECTRON: runtime.executable }
  }
  const python = async () => {
    if (!needsPython) return {}
    const made = await ensureTestPython()
    record(await runCheck('lint-python', made.main, ['-I', '-m', 'ruff', 'check', '--no-cache', 'electron/python']))
    return pythonEnvironment(made)
  }
  const [, forApp, forPython] = await sideBySide(checks, app, python)
  record({ name: 'set-up', counts: null, seconds: (performance.now() - started) / 1000, tests: [] })
  return [{ ...forApp, ...forPython, ...(options.long ? { ENGINEBENCH_LONG: '1' } : {}) }]
}

/** A stage of one program judged by its exit code; its output is shown if it failed. */
async function runCheck(name, command, words) {
  if (!wants(name)) return null
  const started = performance.now()
  const { code, output } = await runProgram(command, words, { output: 'keep' })
  const seconds = (performance.now() - started) / 1000
  const counts = countsOfExitCode(code)
  console.log(`${code === 0 ? '' : `${output.trimEnd()}\n`}== ${name}: ${countsLine(counts)}, ${seconds.toFixed(1)} s`)
  return { name, counts, seconds, tests: code === 0 ? [] : [{ name, seconds, failed: true }] }
}

/** Which pytest tests run: those marked `models` take minutes, so they run only with the long tests. */
function pytestMarkers() {
  const short = options.long ? 'models or not models' : 'not models or yolo'
  return options.conversions ? `conversions and (${short})` : short
}

function testStages(env, reports) {
  const report = (name) => join(reports, name)
  const [playwright, playwrightWords] = onSomeDisplay(bin('playwright'), [
    'test',
    ...(options.conversions ? ['conversion'] : []),
    '--reporter=list,json',
  ])
  return [
    {
      name: 'unit',
      command: bin('vitest'),
      words: [
        'run',
        ...(options.conversions ? ['test/electron/conversions', 'test/pipeline/conversion'] : []),
        ...['--exclude', identicalPairs, '--exclude', soak],
        ...vitestReporters(report('unit.json')),
      ],
      env,
      read: () => readVitest(readIfThere(report('unit.json')), `${repositoryFolder}/`),
    },
    {
      name: 'python',
      command: env.ENGINEBENCH_TEST_PYTHON ?? 'python3',
      words: [
        ...['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-n', '2', '--dist', 'loadfile', '-m', pytestMarkers()],
        ...[`--junit-xml=${report('python.xml')}`, 'test'],
      ],
      env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
      read: () => readPytest(readIfThere(report('python.xml'))),
    },
    {
      name: 'window',
      command: playwright,
      words: playwrightWords,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report('window.json') },
      read: () => readPlaywright(readIfThere(report('window.json'))),
    },
    // Each by itself: one measures how well this machine tells two measurements apart, one kills whatever it finds.
    ...(options.long && !options.conversions
      ? [
          { name: 'identical-pairs', file: identicalPairs },
          { name: 'soak', file: soak },
        ].map(({ name, file }) => {
          const [command, words] = onSomeDisplay(bin('vitest'), [
            'run',
            file,
            ...vitestReporters(report(`${name}.json`)),
          ])
          return {
            name,
            command,
            words,
            env,
            read: () => readVitest(readIfThere(report(`${name}.json`)), `${repositoryFolder}/`),
          }
        })
      : []),
  ].filter(({ name }) => wants(name))
}

function vitestReporters(file) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
}

/** A stage that failed without a failed test (it could not start, it crashed) counts as one failure. */
async function runStage({ name, command, words, env = {}, read }) {
  console.log(`\n== ${name}`)
  const started = performance.now()
  const { code } = await runProgram(command, words, { env })
  const seconds = (performance.now() - started) / 1000
  const { counts: read_, tests } = read() ?? { counts: countsOfExitCode(code), tests: [] }
  const counts = code !== 0 && read_.failed === 0 ? { ...read_, failed: 1 } : read_
  console.log(`== ${name}: the slowest tests\n${slowestLines(tests).join('\n')}`)
  for (const each of retriedLines(tests)) console.log(`== ${name}: ${each}`)
  console.log(`== ${name}: ${countsLine(counts)}, ${seconds.toFixed(1)} s`)
  return { name, counts, seconds, tests }
}

function addCounts(sum, counts) {
  if (counts === null) return sum
  return {
    passed: sum.passed + counts.passed,
    failed: sum.failed + counts.failed,
    skipped: sum.skipped + counts.skipped,
  }
}

function stageTimes(ended, totalMs) {
  const line = (name, seconds, counts) =>
    `${name.padEnd(12)}${seconds.toFixed(1).padStart(8)} s${counts ? `  ${countsLine(counts)}` : ''}`
  return [
    ...ended.map(({ name, seconds, counts }) => line(name, seconds, counts)),
    line('in all', totalMs / 1000, null),
  ]
}

function writeSummary(file, ended, lines) {
  const [{ model }] = cpus()
  const failed = ended.flatMap(({ name, tests }) =>
    tests.filter((test) => test.failed).map((test) => [name, test.name]),
  )
  const slowest = ended.filter(({ tests }) => tests.length > 0)
  const text = [
    `npm ${options.long ? 'run test:long' : 'test'}, ended ${new Date().toISOString()}`,
    `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.versions.node}`,
    '',
    ...lines,
    '',
    ...(failed.length > 0 ? ['Failed:', ...failed.map(([stage, name]) => `  ${stage}: ${name}`), ''] : []),
    ...slowest.flatMap(({ name, tests }) => [`The slowest of ${name}:`, ...slowestLines(tests), '']),
  ]
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${text.join('\n').trimEnd()}\n`)
  console.log(`Summary: ${file}`)
}
