// How often the intervals of a case's figures hold the truth, with the product's own functions. The truth is that of a
// typical launch that lasts: the percentile of very many samples of which no launch is off.
import type { Figure } from '../../../shared/domain/figure.ts'
import { currentProtocol } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { summarizeCase } from '../../../shared/statistics/case-summary.ts'
import { type LaunchDesign, launchesOff, type NoiseModel, noisyLaunches } from '../../fakes/noisy-launches.ts'

export const figureNames = ['p50', 'p95', 'p99', 'imagesPerSecond'] as const
type FigureName = (typeof figureNames)[number]

export interface Coverage {
  /** Trials that had an interval; the others refused it. */
  readonly intervals: number
  /** Share of the intervals that hold the truth; null if no trial had one. */
  readonly covered: number | null
  /** Mean half-width relative to the truth. */
  readonly halfWidth: number
}

export type CoverageRow = Readonly<Record<FigureName, Coverage>>

/** How many of the simulated launches are used, and how far they are off. */
export interface Use {
  readonly launches: number
  readonly spread: number
}

function byName<Value>(of: (name: FigureName) => Value): Record<FigureName, Value> {
  return { p50: of('p50'), p95: of('p95'), p99: of('p99'), imagesPerSecond: of('imagesPerSecond') }
}

function figuresOf(blocks: readonly SampleBlock[]): Readonly<Record<FigureName, Figure>> {
  const { latencyMs, imagesPerSecond } = summarizeCase(blocks, 1, currentProtocol)
  return byName((name) => (name === 'imagesPerSecond' ? imagesPerSecond : latencyMs[name]))
}

function truthOf(model: NoiseModel, design: LaunchDesign, samples: number): Readonly<Record<FigureName, number>> {
  const launches = Math.ceil(samples / (design.samplesPerBlock * design.rounds))
  const blocks = noisyLaunches(900_000, typical(model), { ...design, launches })
  // As one launch: all samples as they are.
  const figures = figuresOf(blocks.map((block) => ({ ...block, launch: 0 })))
  return byName((name) => figures[name].value ?? Number.NaN)
}

function typical({ launchStateSpread: _, ...model }: NoiseModel): NoiseModel {
  return model
}

/** Of each use, from the same simulated launches. */
export function coverageOf(
  model: NoiseModel,
  design: LaunchDesign,
  uses: readonly Use[],
  trials: number,
  truthSamples = 600_000,
): readonly CoverageRow[] {
  const truth = truthOf(model, { ...design, rounds: 4 }, truthSamples)
  // What lasts longer than the only launch belongs to it: its interval holds within it.
  const seen = design.launches === 1 ? typical(model) : model
  const counts = uses.map(() => byName(() => ({ intervals: 0, holds: 0, width: 0 })))
  for (let trial = 0; trial < trials; trial += 1) {
    const blocks = noisyLaunches(1000 + trial, seen, design)
    for (const [index, { launches, spread }] of uses.entries()) {
      const figures = figuresOf(launchesOff(trial, blocks, launches, spread))
      for (const name of figureNames) {
        const [figure, count] = [figures[name], counts[index]?.[name]]
        if (count === undefined || figure.value === null || figure.interval === null) continue
        const { low, high } = figure.interval
        count.intervals += 1
        count.holds += low <= truth[name] && truth[name] <= high ? 1 : 0
        count.width += (high - low) / 2 / truth[name]
      }
    }
  }
  return counts.map((ofUse) =>
    byName((name) => {
      const { intervals, holds, width } = ofUse[name]
      return { intervals, covered: intervals === 0 ? null : holds / intervals, halfWidth: width / intervals }
    }),
  )
}
