// Prints what warming up finds and refuses, with the product's own rule and loop on simulated workers; with
// ENGINEBENCH_KEEP_RESULTS, docs/results/warm-up-trials.txt keeps it. ENGINEBENCH_TRIALS sets the number of trials.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workerAnswering } from '../../../../electron/backends/backend-driver.ts'
import { warmUp } from '../../../../electron/runs/group/warm-up.ts'
import type { PresetName } from '../../../../shared/domain/plan.ts'
import type { Steadiness } from '../../../../shared/domain/run.ts'
import { measuringRules } from '../../../../shared/planning/protocol.ts'
import { type Random, seededRandom } from '../../../../shared/planning/seeded-random.ts'
import { type NoiseModel, noiseModels } from '../../../fakes/noisy-launches.ts'
import { normal } from '../../../fakes/simulated-blocks.ts'

const trials = Number(process.env.ENGINEBENCH_TRIALS ?? 100)
const file = join(import.meta.dirname, '../../../../docs/results/warm-up-trials.txt')
const { signal } = new AbortController()
/** So many samples of a block are drawn: a block of a fast model has a thousand. */
const mostSamples = 12

/** Answers blocks on a clock of its own. @param settling share by which latency is above where it settles. */
function workerOf(latencyMs: number, model: NoiseModel, random: Random, settling: (ms: number) => number) {
  const stateAt = model.stateOf(random)
  let nowMs = 0
  return workerAnswering({
    warmup: async ({ capMs }) => {
      const startMs = nowMs
      const queries = Math.max(1, Math.ceil(capMs / latencyMs))
      const drawn = Math.min(mostSamples, queries)
      const latenciesMs = Array.from({ length: drawn }, () => {
        const ms = latencyMs * (1 + settling(nowMs)) * Math.exp(stateAt(nowMs) + model.scatter(random))
        nowMs += (ms * queries) / drawn
        return ms
      })
      return { startedAtNs: startMs * 1e6, endedAtNs: nowMs * 1e6, latenciesMs }
    },
  })
}

const quiet = (spread: number): NoiseModel => ({
  name: `independent, ${spread * 100} %`,
  stateOf: () => () => 0,
  scatter: (random) => spread * normal(random),
})
const models = [quiet(0.001), quiet(0.01), quiet(0.03), ...noiseModels.slice(1)]
/** The medians of blocks scatter by about 1 % at most: everything is found. */
const isQuiet = ({ name }: NoiseModel, latencyMs: number) =>
  models.slice(0, latencyMs <= 5 ? 3 : 2).some((model) => model.name === name)
const latencies = [0.05, 5, 50, 300]
const settlings = [
  { seconds: 1, share: 0.5 },
  { seconds: 3, share: 0.2 },
  { seconds: 10, share: 0.1 },
  { seconds: 10, share: 0.3 },
]

interface Outcome {
  readonly first: Steadiness
  readonly later: Steadiness
  /** How far latency still is from where it settles, at the end of either warm-up. */
  readonly away: readonly [number, number]
}

async function warmedUp(
  preset: PresetName,
  latencyMs: number,
  model: NoiseModel,
  settling: (ms: number) => number,
): Promise<Outcome[]> {
  const { warmup } = measuringRules('cpu', preset)
  const outcomes: Outcome[] = []
  for (let trial = 0; trial < trials; trial += 1) {
    const random = seededRandom(40_000 + trial)
    const worker = () => workerOf(latencyMs, model, random, settling)
    const first = await warmUp(worker(), warmup, signal)
    const later = await warmUp(worker(), warmup, signal, first.verdict === 'steady' ? first : null)
    outcomes.push({ first, later, away: [settling(first.elapsedMs), settling(later.elapsedMs)] })
  }
  return outcomes
}

const shareOf = (outcomes: readonly Outcome[], holds: (outcome: Outcome) => boolean) =>
  outcomes.filter(holds).length / outcomes.length
const percent = (share: number) => `${(100 * share).toFixed(1)}`.padStart(7)
const meanSeconds = (outcomes: readonly Outcome[], of: (outcome: Outcome) => Steadiness) =>
  (outcomes.reduce((sum, outcome) => sum + of(outcome).elapsedMs, 0) / outcomes.length / 1000).toFixed(1).padStart(7)
const isRefused = ({ first, later }: Outcome) => [first, later].some(({ verdict }) => verdict === 'no-steady-state')
/** Called steady within less than 5 %, in either launch, while it is 5 % away or more. */
const isMissed = ({ first, later, away }: Outcome) =>
  !isRefused({ first, later, away }) &&
  [first, later].some(({ withinShare }, at) => (away[at] ?? 0) >= 0.05 && (withinShare ?? 1) < 0.05)
const isFound = (outcome: Outcome) => isRefused(outcome) || outcome.away.every((away) => away < 0.05)

const combinations = (['standard', 'quick'] as const).flatMap((preset) =>
  models.flatMap((model) => latencies.map((latencyMs) => ({ preset, model, latencyMs }))),
)

function lookWords(preset: PresetName): string {
  const { lookMs } = measuringRules('cpu', preset).warmup
  return `${preset}: if noise hides how far away it is, stops looking after ${lookMs / 1000} s`
}

test('warming up finds engines that still settle, and refuses no noise', { timeout: 1_800_000 }, async () => {
  const lines = [
    `Warm-ups of a first and a later launch, ${trials} trials each, in %. Found: refused, or less than 5 % from where it`,
    'settles when it is measured. Told: further away, but the record says that noise hides so much. Missed: neither.',
    `${'noise'.padEnd(38)}${'ms'.padStart(6)}  ${'settling'.padEnd(18)}  found   told missed  refused first s later s`,
  ]
  const wrong: string[] = []
  for (const { preset, model, latencyMs } of combinations) {
    if (latencyMs === latencies[0] && model === models[0]) lines.push('', lookWords(preset))
    const name = `${model.name.padEnd(38)}${String(latencyMs).padStart(6)}`
    const still = await warmedUp(preset, latencyMs, model, () => 0)
    const refused = shareOf(still, isRefused)
    const times = (outcomes: readonly Outcome[]) =>
      `${meanSeconds(outcomes, ({ first }) => first)} ${meanSeconds(outcomes, ({ later }) => later)}`
    lines.push(`${name}  ${'none'.padEnd(18)}${' '.repeat(22)}${percent(refused)} ${times(still)}`)
    if (refused > 0.02) wrong.push(`${preset}: ${name} refused ${refused}`)
    for (const { seconds, share } of settlings) {
      const settles = await warmedUp(preset, latencyMs, model, (ms) => share * Math.exp(-ms / 1000 / seconds))
      const [found, missed] = [shareOf(settles, isFound), shareOf(settles, isMissed)]
      const words = `${share * 100} % over ${seconds} s`.padEnd(18)
      lines.push(
        `${name}  ${words}${percent(found)}${percent(Math.abs(1 - found - missed))}${percent(missed)} ${percent(shareOf(settles, isRefused))} ${times(settles)}`,
      )
      if (missed > 0.05) wrong.push(`${preset}: ${name} ${words} missed ${missed}`)
      if (preset === 'standard' && isQuiet(model, latencyMs) && found < 0.95)
        wrong.push(`${name} ${words} found ${found}`)
    }
    console.log(lines.slice(-1 - settlings.length).join('\n'))
  }
  if (process.env.ENGINEBENCH_KEEP_RESULTS) await writeFile(file, `${lines.join('\n')}\n`)
  expect(wrong).toEqual([])
})
