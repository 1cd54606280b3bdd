// The short form of interval-coverage.long.test.ts.
import { expect, test } from 'vitest'
import { noiseModels } from '../../fakes/noisy-launches.ts'
import { coverageOf } from './interval-coverage.ts'

const design = { launches: 8, rounds: 4, latencyMs: 10, samplesPerBlock: 25 }
const uses = [
  { launches: 8, spread: 0 },
  { launches: 8, spread: 0.02 },
]
const trials = 80

test.each(['independent, 10 %', 'two clock states, 0.1 s', 'heavy tail'])(
  'intervals of the median, p95 and throughput hold the truth about as often as promised: %s',
  (name) => {
    const model = noiseModels.find((each) => each.name === name)
    if (model === undefined) throw new Error('the model exists')
    for (const { p50, p95, imagesPerSecond } of coverageOf(model, design, uses, trials, 200_000)) {
      // Three standard errors of 80 trials below 95 %.
      for (const { covered } of [p50, p95, imagesPerSecond]) expect(covered).toBeGreaterThanOrEqual(0.87)
    }
  },
  120_000,
)
