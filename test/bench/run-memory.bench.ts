// What the supervising process holds while a million samples come in: all that is reachable after each round, so that
// garbage does not count.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { it } from 'vitest'
import { runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { printFigure } from './print-figure.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const root = temporaryFolder()

it('memory of the supervisor over a run of a million samples', async () => {
  const bench = await runBench(root)
  const cases = Array.from({ length: 4 }, () => ({ medianMs: 0.06 }))
  const heldBytes: number[] = []
  let samples = 0
  const { finished } = await bench.service.start(simulatedPlan(cases, { preset: 'standard' }), null, (event) => {
    if (event.kind === 'block') samples += event.block.latenciesMs.length
    if (event.kind === 'round-completed') heldBytes.push(reachableBytes())
  })
  await finished
  const tenth = Math.floor(heldBytes.length / 10)
  const [first, last] = [mean(heldBytes.slice(0, tenth)), mean(heldBytes.slice(-tenth))]
  printFigure({
    name: 'memory of the supervisor, last tenth of a run against its first',
    value: last / first,
    unit: '×',
    target: 1.05,
    detail: `${samples.toLocaleString('en-US')} samples; ${megabytes(first)} then ${megabytes(last)} reachable`,
  })
})

function reachableBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
