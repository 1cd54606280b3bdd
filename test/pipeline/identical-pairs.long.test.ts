// Forty real comparisons of a model with itself, judged by a floor from forty others: the promise that identical code never
// wins, kept on this machine. Takes about seventeen minutes on two quiet cores. With ENGINEBENCH_KEEP_RESULTS the outcome,
// whatever it is, is kept in docs/results/identical-pairs.json.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createServices } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { jsonText, writeAtomically } from '../../electron/store/atomic-file.ts'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import type { Interval } from '../../shared/domain/figure.ts'
import { fewestComparisons, type NoiseFloor } from '../../shared/domain/noise-floor.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { speedupOf } from '../../shared/statistics/speedup.ts'
import { excludesEquality } from '../../shared/statistics/verdict.ts'
import { buildNodeWorker } from '../fakes/built-node-worker.ts'
import { pathsWithBuiltWorkers } from '../fakes/built-paths.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const request = { preset: 'quick', device: 'cpu', comparisons: fewestComparisons } as const
const resultFile = join(import.meta.dirname, '../../docs/results/identical-pairs.json')
const limitMs = 60 * 60_000
const root = temporaryFolder()
let workerFile: string

beforeAll(async () => {
  workerFile = await buildNodeWorker()
}, 120_000)

interface Judged {
  readonly ratio: number
  readonly interval: Interval
  readonly verdict: string
  readonly reason: string
}

/** @param home of these comparisons alone: those of one home never count as those of another. */
async function compared(home: string): Promise<{ readonly services: Services; readonly floor: NoiseFloor }> {
  const services = createServices({
    paths: pathsWithBuiltWorkers(join(root, home), workerFile),
    renderPdf: () => Promise.reject(new Error('No report is printed here.')),
    preflight: 'on',
  })
  const floor = await services.noiseFloors.measure(request, ({ done, of, remainingMs }) => {
    const left = remainingMs === null ? '' : `, ${Math.round(remainingMs / 60_000)} min left`
    console.log(`${home}: comparison ${done} of ${of}${left}`)
  }).finished
  return { services, floor }
}

/** As the run itself would have said it, had it been judged by this floor. Null for one that claims nothing. */
async function judge(runFolder: string, noiseFloor: NoiseFloor): Promise<Judged | null> {
  const run = await openRunFolder(runFolder)
  const [group] = run.record.groups
  const copy = group?.cases.find(({ caseKey }) => caseKey !== group.baseline)
  if (group === undefined || copy === undefined) return null
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { caseKey } of group.cases) blocks.set(caseKey, (await run.samples(group.groupKey, caseKey)).blocks)
  const blocksOf = (caseKey: string) => blocks.get(caseKey) ?? []
  const estimate = speedupOf(blocksOf(group.baseline), blocksOf(copy.caseKey))
  const interval = estimate?.intervalAt(0.95) ?? null
  const [judged] = recomputeRecord({ ...run.record, noiseFloor }, (_group, caseKey) => blocksOf(caseKey)).groups
  const speedup = judged?.cases.find(({ caseKey }) => caseKey === copy.caseKey)?.speedup
  if (estimate === null || interval === null || speedup === undefined) return null
  return { ratio: estimate.value, interval, verdict: speedup.verdict, reason: speedup.reason }
}

test(
  'of forty identical pairs at most five intervals exclude 1, and no verdict names a winner',
  async () => {
    const { services, floor } = await compared('floor')
    const { services: others } = await compared('judged')
    const [key = ''] = (await readdir(others.paths.noiseFloorsFolder)).filter((name) => !name.endsWith('.json'))
    const folder = join(others.paths.noiseFloorsFolder, key, 'measured')
    const runs = await Promise.all((await readdir(folder)).sort().map((name) => judge(join(folder, name), floor)))
    // A pair that is told apart is refused, for that reason; one that never became steady claims nothing, and was made again.
    const judged = runs.filter((each) => each !== null).filter(({ reason }) => !reason.includes('no steady state'))
    const excluding = judged.filter(({ interval }) => excludesEquality(interval))
    const winners = judged.filter(({ verdict }) => verdict !== 'no-difference')
    const sentence = `Of ${judged.length} identical pairs (${floor.subject}; ${floor.preset}), ${excluding.length} intervals excluded 1 and ${winners.length} verdicts named a winner, at a noise floor of ${(floor.value * 100).toFixed(2)} % from ${floor.comparisons} others.`
    console.log(sentence)
    if (process.env.ENGINEBENCH_KEEP_RESULTS) {
      const { cpuModel, logicalCores, os, virtualMachine } = await services.machine()
      await writeAtomically(
        resultFile,
        jsonText({
          sentence,
          enginebenchVersion: services.version,
          machine: { cpuModel, logicalCores, os, virtualMachine },
          noiseFloor: floor,
          pairs: judged,
        }),
      )
    }
    expect(judged.length).toBeGreaterThanOrEqual(fewestComparisons)
    expect(winners).toEqual([])
    expect(excluding.length).toBeLessThanOrEqual(5)
  },
  limitMs,
)
