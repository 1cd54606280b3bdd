import { it } from 'vitest'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { summarizeCase } from '../../shared/statistics/case-summary.ts'
import { speedupOf } from '../../shared/statistics/speedup.ts'
import { printFigure } from './print-figure.ts'

const blockCount = 120
const samplesInBlock = Math.ceil(1_000_000 / blockCount)

/** As a rigorous run has them: 5 launches of 24 rounds. Values only have to be spread; nobody looks at them. */
function manyBlocks(medianMs: number): SampleBlock[] {
  let state = Math.round(medianMs * 1000)
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: blockCount }, (_, block) => ({
    launch: Math.floor(block / 24),
    round: block % 24,
    block,
    orderInRound: 0,
    startedAtNs: block * 1e9,
    endedAtNs: block * 1e9 + 5e8,
    leadSamples: 3,
    flags: [],
    latenciesMs: Array.from({ length: samplesInBlock }, () => medianMs * (1 + 0.1 * (next() + next() - 1))),
  }))
}

it('statistics over a million samples', () => {
  const baseline = manyBlocks(2)
  const candidate = manyBlocks(1)
  for (const attempt of ['first call', 'second call']) {
    const cpuBefore = process.cpuUsage()
    const startedAt = performance.now()
    summarizeCase(candidate, 8)
    const cpuMs = process.cpuUsage(cpuBefore).user / 1000
    const summarizedAt = performance.now()
    speedupOf(baseline, candidate)?.intervalAt(0.95)
    const endedAt = performance.now()
    printFigure({
      name: '1,000,000 samples summarised',
      value: summarizedAt - startedAt,
      unit: 'ms',
      target: 500,
      detail: `${attempt}, ${Math.round(cpuMs)} ms of processor time: percentiles with intervals, throughput, outliers`,
    })
    printFigure({
      name: 'speedup of 2 × 1,000,000 samples',
      value: endedAt - summarizedAt,
      unit: 'ms',
      target: null,
      detail: attempt,
    })
  }
})
