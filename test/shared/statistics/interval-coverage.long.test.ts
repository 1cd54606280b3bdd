// Prints the coverage of percentiles' and throughput's intervals; with
// ENGINEBENCH_KEEP_RESULTS, docs/results/interval-coverage.txt keeps it. ENGINEBENCH_TRIALS sets the number of trials.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noiseModels } from '../../fakes/noisy-launches.ts'
import { type Coverage, coverageOf, figureNames } from './interval-coverage.ts'

const trials = Number(process.env.ENGINEBENCH_TRIALS ?? 600)
const file = join(import.meta.dirname, '../../../docs/results/interval-coverage.txt')
const slow = { latencyMs: 10, samplesPerBlock: 25 }
const fast = { latencyMs: 1, samplesPerBlock: 250 }

const designs = [
  {
    words: 'x 4',
    design: { launches: 20, rounds: 4, ...slow },
    uses: [5, 8, 12, 20].flatMap((launches) => [0, 0.01, 0.03].map((spread) => ({ launches, spread }))),
    trials,
  },
  {
    words: 'x 12, within this launch',
    design: { launches: 1, rounds: 12, ...slow },
    uses: [{ launches: 1, spread: 0 }],
    trials,
  },
  {
    words: 'x 4 at 1 ms',
    design: { launches: 20, rounds: 4, ...fast },
    uses: [5, 20].map((launches) => ({ launches, spread: 0.01 })),
    trials: Math.ceil(trials / 5),
  },
]

/** Three standard errors of the trials below 93 %. */
const least = 0.93 - 3 * Math.sqrt((0.07 * 0.93) / trials)

const cell = ({ covered, halfWidth }: Coverage) =>
  (covered === null ? 'n too small' : `${(100 * covered).toFixed(1)} (${(100 * halfWidth).toFixed(1)})`).padStart(16)

test('95 % intervals of percentiles and throughput hold the truth about as often as promised', {
  timeout: 1_800_000,
}, async () => {
  const lines = [
    `Share of 95 % intervals that hold the truth, in %, of ${trials} simulated trials a row (half-width in %). The truth is`,
    'that of a typical launch that lasts. Blocks of 25 samples of 10 ms, or (a fifth of the trials) 250 of 1 ms; another',
    'case is measured between blocks. "Off" is the standard deviation between launches.',
    `${'launches x rounds'.padEnd(36)}${figureNames.map((name) => name.padStart(16)).join('')}`,
  ]
  const missed: string[] = []
  for (const model of noiseModels) {
    lines.push('', model.name)
    for (const { words, design, uses, trials: count } of designs) {
      for (const [index, row] of coverageOf(model, design, uses, count).entries()) {
        const { launches = 0, spread = 0 } = uses[index] ?? {}
        const name = `${String(launches).padStart(2)} ${words}${launches > 1 ? `, off by ${spread * 100} %` : ''}`
        lines.push(`${name.padEnd(36)}${figureNames.map((each) => cell(row[each])).join('')}`)
        console.log(`${model.name}: ${lines.at(-1)}`)
        for (const each of ['p50', 'p95'] as const) {
          if (launches > 1 && count === trials && (row[each].covered ?? 0) < least)
            missed.push(`${model.name}, ${name}, ${each}`)
        }
      }
    }
  }
  if (process.env.ENGINEBENCH_KEEP_RESULTS) await writeFile(file, `${lines.join('\n')}\n`)
  expect(missed).toEqual([])
})
