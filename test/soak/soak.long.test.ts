// A soak: for half an hour the real command line and the real window run, resume, sweep, convert, report and list side by
// side, while something of them is killed every 5 to 20 seconds. Then nothing may be lost, half-written or left behind.
// ENGINEBENCH_SOAK_MINUTES sets how long, ENGINEBENCH_SOAK_SEED what is drawn. The counts are printed; with
// ENGINEBENCH_KEEP_RESULTS they are kept in docs/results/soak.txt, whatever they are.
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createServices, prepareDataFolder } from '../../electron/compose.ts'
import { pathsIn } from '../../electron/system/paths.ts'
import { isMeasured } from '../../shared/domain/figure.ts'
import { applicationFolder } from '../e2e/harness/runtime.ts'
import { buildProgram } from '../fakes/program.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import {
  damagedArtifacts,
  halfWritten,
  orphansOf,
  runsWithoutRecord,
  temporaryLeft,
  untrueRecords,
} from './soak-findings.ts'
import { FinishedCases, killing } from './soak-kills.ts'
import { beginSoak, commanded, grouped, type Soak } from './soak-run.ts'
import { converting, measuring, recordsIn, visiting } from './soak-work.ts'

const minutes = Number(process.env.ENGINEBENCH_SOAK_MINUTES ?? 30)
const seed = Number(process.env.ENGINEBENCH_SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31))
const python = process.env.ENGINEBENCH_TEST_PYTHON
const hasWindow = Boolean(
  process.env.ENGINEBENCH_TEST_ELECTRON && (process.env.DISPLAY || process.platform !== 'linux'),
)
const resultFile = join(applicationFolder, 'docs', 'results', 'soak.txt')

test('nothing is lost, half-written or left behind however often anything is killed', {
  timeout: (minutes + 15) * 60_000,
}, async () => {
  const home = temporaryFolder()
  await mkdir(join(home, 'system-temporary'))
  Object.assign(process.env, {
    ENGINEBENCH_HOME: home,
    TMPDIR: join(home, 'system-temporary'),
    ENGINEBENCH_PREFLIGHT: 'off',
  })
  await buildProgram()
  console.log(`soak: ${minutes} min, seed ${seed}, in ${home}`)
  const soak = beginSoak(home, seed, AbortSignal.timeout(minutes * 60_000))
  const finished = new FinishedCases(soak)
  if (python) await expectDone(soak, ['setup', 'python', '--environment', 'main', '--use', python])
  const lanes = [measuring, converting, ...(hasWindow ? [visiting] : [])]
  await Promise.all([...lanes.map((lane) => lane(soak)), killing(soak, finished)])

  const orphans = await orphansOf(home)
  // What a next start does: it says what was interrupted, and sweeps.
  await expectDone(soak, ['runs', '--json'])
  await finished.look()
  const services = createServices({ paths: pathsIn(applicationFolder), renderPdf: () => Promise.reject(new Error()) })
  await services.conversions.resume()
  await untilConverted(services)
  // And it works as it did before.
  await expectDone(soak, ['run', '--model', 'digits', '--backends', 'onnxruntime-node:fp32', '--max-launches', '1'])
  await expectDone(soak, ['convert', '--model', 'digits', '--to', 'onnx', '--precision', 'fp16'])
  await prepareDataFolder(services.paths)
  const findings = {
    orphans,
    faults: soak.faults,
    halfWritten: await halfWritten(home),
    temporaryLeft: await temporaryLeft(home),
    damagedArtifacts: await damagedArtifacts(services),
    untrueRecords: await untrueRecords(soak, services),
    runsWithoutRecord: await runsWithoutRecord(services),
    unreadable: await services.unreadable.list(),
  }
  const lines = [
    ...head(),
    ...(await totals(soak, finished)),
    '',
    ...countLines(soak.counts),
    '',
    ...findingLines(findings),
  ]
  console.log(lines.join('\n'))
  if (process.env.ENGINEBENCH_KEEP_RESULTS) await writeFile(resultFile, `${lines.join('\n')}\n`)
  expect(findings).toEqual({
    ...{ orphans: [], faults: [], halfWritten: [], temporaryLeft: [], damagedArtifacts: [] },
    ...{ untrueRecords: [], runsWithoutRecord: [], unreadable: [] },
  })
  expect(finished.count).toBeGreaterThan(0)
})

async function expectDone(soak: Soak, words: readonly string[]): Promise<void> {
  const { code, stdout } = await commanded(soak, words, true)
  if (code !== 0) soak.fault(`${words.join(' ')} ended with ${code}: ${stdout.slice(-2000)}`)
}

function untilConverted({ conversions }: ReturnType<typeof createServices>): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      conversions.list().then((records) => {
        if (records.every(({ state }) => state !== 'queued' && state !== 'running')) resolve()
      }, reject)
    }
    conversions.subscribe(({ kind }) => kind === 'conversion-changed' && look())
    look()
  })
}

function head(): readonly string[] {
  return [
    `soak of ${minutes} min, seed ${seed}, ended ${new Date().toISOString()}`,
    `${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}, ${hasWindow ? 'with' : 'without'} the window, ${python ? 'with' : 'without'} Python`,
    '',
  ]
}

async function totals({ home }: Soak, finished: FinishedCases): Promise<readonly string[]> {
  const states = grouped(await recordsIn(home), ({ record }) => record.state)
  const runs = [...states].map(([state, list]) => `${list.length} ${state}`).sort()
  const cases = (await recordsIn(home)).flatMap(({ record }) => record.groups.flatMap((group) => group.cases))
  return [
    `runs: ${runs.join(', ')}`,
    `finished cases watched: ${finished.count}, with ${finished.blockCount} blocks; cases with a figure in the end: ${cases.filter(({ latencyMs }) => isMeasured(latencyMs.p50)).length}`,
  ]
}

function countLines(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([what, count]) => `${String(count).padStart(6)}  ${what}`)
}

function findingLines(findings: Readonly<Record<string, readonly unknown[]>>): readonly string[] {
  return Object.entries(findings).flatMap(([name, found]) => [
    `${name}: ${found.length}`,
    ...found.map((each) => `  ${typeof each === 'string' ? each : JSON.stringify(each)}`),
  ])
}
