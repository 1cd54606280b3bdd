// Forty real comparisons of a model with itself, half of them while another process keeps the machine busy: the promise
// that identical code does not win, and that most of it is called the same, kept on this machine. Takes about half
// an hour on two cores. With ENGINEBENCH_KEEP_RESULTS the outcome, whatever it is, is kept in
// docs/results/identical-pairs.json.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createServices } from '../../electron/compose.ts'
import { jsonText, writeAtomically } from '../../electron/store/atomic-file.ts'
import type { Speedup } from '../../shared/domain/run.ts'
import { comparisonPlan, noiseFloorSubject } from '../../shared/planning/noise-floor-plan.ts'
import { buildNodeWorker } from '../fakes/built-node-worker.ts'
import { pathsWithBuiltWorkers } from '../fakes/built-paths.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const pairs = 40
const margin = 0.05
/** Two looks: the first one decides most of them on a quiet machine. */
const budget = { mostLaunches: 8, budgetMs: 600_000 }
const resultFile = join(import.meta.dirname, '../../docs/results/identical-pairs.json')
const limitMs = 60 * 60_000
const root = temporaryFolder()
let workerFile: string

beforeAll(async () => {
  workerFile = await buildNodeWorker()
}, 120_000)

interface Judged extends Pick<Speedup, 'value' | 'interval' | 'verdict' | 'reason' | 'launches'> {
  readonly isBusy: boolean
}

/** Work of another process on one core, half of the time, until it is stopped. */
function startOtherWork(): () => void {
  const script = 'setInterval(() => { const end = Date.now() + 500; while (Date.now() < end) Math.sqrt(2) }, 1000)'
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
  return () => void child.kill('SIGKILL')
}

function outcomeOf(judged: readonly Judged[]) {
  // A pair that is told apart is a control that failed: its claims are refused for that reason.
  const winners = judged.filter(
    ({ verdict, reason }) => verdict === 'faster' || verdict === 'slower' || reason.includes('told apart'),
  ).length
  const sameOf = (list: readonly Judged[]) =>
    `${list.filter(({ verdict }) => verdict === 'same').length} of ${list.length}`
  const [quiet, busy] = [judged.filter(({ isBusy }) => !isBusy), judged.filter(({ isBusy }) => isBusy)]
  return {
    winners,
    same: judged.filter(({ verdict }) => verdict === 'same').length,
    sentence: `Of ${judged.length} identical pairs (${noiseFloorSubject('cpu')}; at most ${budget.mostLaunches} launches each, the same within ${100 * margin} %), ${winners} were named a winner; ${sameOf(quiet)} on the quiet machine were called the same, and ${sameOf(busy)} while other work ran half of the time.`,
  }
}

test(
  'of forty identical pairs at most two are named a winner, and at least twenty are the same within 5 %',
  async () => {
    const services = createServices({
      paths: pathsWithBuiltWorkers(join(root, 'home'), workerFile),
      renderPdf: () => Promise.reject(new Error('No report is printed here.')),
      preflight: 'off',
    })
    const { physicalCores, ...machine } = await services.machine()
    const { cpuModel, logicalCores, os, virtualMachine } = machine
    const judged: Judged[] = []
    let outcome = outcomeOf(judged)
    for (let pair = 0; pair < pairs; pair += 1) {
      const isBusy = pair % 2 === 1
      const stop = isBusy ? startOtherWork() : () => {}
      const plan = { ...comparisonPlan('quick', 'cpu', physicalCores, pair + 1), margin, budget }
      const started = await services.runs.start(plan, null, () => {})
      const record = await started.finished.finally(stop)
      const [group] = record.groups
      const speedup = group?.cases.find(({ caseKey }) => caseKey !== group.baseline)?.speedup
      if (speedup === undefined) throw new Error('A pair has no second case.')
      const { value, interval, verdict, reason, launches = 0 } = speedup
      judged.push({ value, interval, verdict, reason, launches, isBusy })
      outcome = outcomeOf(judged)
      console.log(`pair ${pair + 1} of ${pairs}${isBusy ? ', busy' : ''}: ${verdict} ${value?.toFixed(3)}`)
      if (!process.env.ENGINEBENCH_KEEP_RESULTS) continue
      // After every pair, so that a trial that is stopped has kept what it saw.
      await writeAtomically(
        resultFile,
        jsonText({
          sentence: outcome.sentence,
          enginebenchVersion: services.version,
          machine: { cpuModel, logicalCores, os, virtualMachine },
          margin,
          pairs: judged,
        }),
      )
    }
    console.log(outcome.sentence)
    expect(outcome.winners).toBeLessThanOrEqual(2)
    expect(outcome.same).toBeGreaterThanOrEqual(pairs / 2)
  },
  limitMs,
)
