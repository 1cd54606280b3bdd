// What can be shown while rounds still come. To cost next to nothing between blocks, the running median is that of the
// blocks' medians; the record's is over all samples. No verdict is claimed here.
import { type Figure, measured, missing } from '../../shared/domain/figure.ts'
import { median } from '../../shared/statistics/median.ts'
import { speedupOf } from '../../shared/statistics/speedup.ts'
import type { CaseTrial } from './case-trial.ts'

export interface InterimFigure {
  readonly p50Ms: Figure
  readonly speedup: Figure
  readonly sampleCount: number
}

type MeasuredTrial = Pick<CaseTrial, 'caseKey' | 'medianBlocks' | 'sampleCount'>

export function interimFigures(trials: readonly MeasuredTrial[], baseline: string): Record<string, InterimFigure> {
  const reference = trials.find((trial) => trial.caseKey === baseline)
  return Object.fromEntries(
    trials.map((trial) => [
      trial.caseKey,
      { p50Ms: runningMedian(trial), speedup: runningSpeedup(reference, trial), sampleCount: trial.sampleCount },
    ]),
  )
}

function runningMedian({ medianBlocks }: MeasuredTrial): Figure {
  const medians = medianBlocks.flatMap((block) => block.latenciesMs)
  return medians.length === 0 ? missing('No block has come yet.') : measured(median(medians))
}

function runningSpeedup(reference: MeasuredTrial | undefined, trial: MeasuredTrial): Figure {
  const estimate = reference === undefined ? null : speedupOf(reference.medianBlocks, trial.medianBlocks)
  return estimate === null
    ? missing('No round has been measured by both this case and the baseline yet.')
    : measured(estimate.value, estimate.intervalAt(0.95))
}
