// A made-up race told as run events: what the executor would say between two moments, at most ten times per second. Every
// case passes parity.

import { measured } from '../../shared/domain/figure.ts'
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { seededRandom } from '../../shared/planning/seeded-random.ts'
import { caseKeyOf, type ExampleCase } from './example-answers.ts'

export interface Race {
  readonly cases: readonly ExampleCase[]
  readonly launches: number
  readonly rounds: number
  readonly samplesPerBlock: number
  readonly seed: number
  /** What a sampled GPU adds to each sample of the machine. */
  readonly gpu?: MachineSample['gpu']
}

export function raceStart(race: Race): RunEvent[] {
  const first = race.cases[0]
  return [
    {
      kind: 'run-started',
      runId: 'live',
      modelName: 'CLIP ViT-B/32 vision',
      simulated: false,
      estimatedMs: 120_000,
      groups: [1, 8].map((batchSize) => ({
        groupKey: `clip-b${batchSize}`,
        batchSize,
        launches: race.launches,
        rounds: race.rounds,
        launchesDone: 0,
        baseline: first ? caseKeyOf(first) : '',
        cases: race.cases.map((each) => ({
          caseKey: caseKeyOf(each),
          backend: each.backend,
          precision: each.precision,
        })),
      })),
    },
    { kind: 'stage', stage: 'measure', groupKey: 'clip-b1', caseKey: null, fraction: 0, message: 'Measuring batch 1' },
  ]
}

/** One round after another, each in an order of its own. */
export function raceRounds(race: Race, roundCount: number): RunEvent[][] {
  const random = seededRandom(race.seed)
  let atMs = 4_000
  const counts = new Map<string, number>()
  return Array.from({ length: roundCount }, (_, index) => {
    const launch = Math.floor(index / race.rounds)
    if (launch > 0 && index % race.rounds === 0) atMs += 6_000
    const events: RunEvent[] = []
    const order = race.cases.map((each) => ({ each, rank: random() })).sort((a, b) => a.rank - b.rank)
    order.forEach(({ each }, orderInRound) => {
      const caseKey = caseKeyOf(each)
      const latenciesMs = Array.from(
        { length: race.samplesPerBlock },
        () => each.medianMs * (1 + (random() + random() - 1) * 0.07 + (random() > 0.98 ? 0.4 : 0)),
      )
      events.push({
        kind: 'block',
        groupKey: 'clip-b1',
        caseKey,
        block: {
          launch,
          round: index % race.rounds,
          block: index,
          orderInRound,
          startedAtNs: Math.round(atMs * 1e6),
          endedAtNs: Math.round((atMs + 250) * 1e6),
          leadSamples: 3,
          flags: index === 5 && orderInRound > 4 ? ['foreign-load'] : [],
          latenciesMs,
        },
      })
      counts.set(caseKey, (counts.get(caseKey) ?? 0) + latenciesMs.length)
      atMs += 262
    })
    for (let second = 0; second < Math.ceil((race.cases.length * 262) / 1000); second += 1) {
      events.push({
        kind: 'machine-sample',
        atMs: atMs - 1_000 * (1 - second),
        cpuLoadPercent: 52 + random() * 6,
        cpuClockMhz: 3_580 + random() * 30,
        memoryUsedBytes: 8.4e9 + random() * 1e7,
        ...(race.gpu ? { gpu: race.gpu } : {}),
      })
    }
    const isLast = index % race.rounds === race.rounds - 1
    const interim = Object.fromEntries(
      race.cases.map((each) => {
        const half = (each.medianMs * 0.05) / Math.sqrt(index + 1)
        const interval = {
          low: each.medianMs - half,
          high: each.medianMs + half,
          level: 0.95,
          method: 'order-statistic',
        }
        const sampleCount = counts.get(caseKeyOf(each)) ?? 0
        return [caseKeyOf(each), { p50Ms: measured(each.medianMs, interval), speedup: measured(1), sampleCount }]
      }),
    )
    events.push({
      kind: 'round-completed',
      groupKey: 'clip-b1',
      launch,
      round: index % race.rounds,
      rounds: race.rounds,
      interim: launch === 0 ? {} : interim,
      remainingMs: 120_000 - atMs,
    })
    if (isLast && launch === 0) {
      const passed = { verdict: 'pass', reason: 'cosine 0.9998', refusal: null } as const
      const parities = Object.fromEntries(race.cases.map((each) => [caseKeyOf(each), passed]))
      events.push({ kind: 'parity-judged', groupKey: 'clip-b1', parities, interim })
    }
    if (isLast) events.push(launchCompleted(race, launch))
    return events
  })
}

/** Intervals that narrow; a look after the second launch decides what is far from 1. */
function launchCompleted({ cases, launches }: Race, launch: number): RunEvent {
  const [first, ...others] = cases
  const isLook = launch === 1
  return {
    kind: 'launch-completed',
    groupKey: 'clip-b1',
    launch,
    comparisons: Object.fromEntries(
      others.map((each) => {
        const value = (first?.medianMs ?? 1) / each.medianMs
        const half = 0.06 / (launch + 1)
        const winner = value > 1.05 ? 'faster' : value < 0.95 ? 'slower' : 'undecided'
        const interval = { low: value * (1 - half), high: value * (1 + half) }
        return [caseKeyOf(each), { value, interval, verdict: isLook ? winner : null }]
      }),
    ),
    nextLook: launch === 0 ? 2 : null,
    stopped: launch === launches - 1 ? 'launches' : null,
  }
}
