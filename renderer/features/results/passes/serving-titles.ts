// What the serving charts are headed with: who answers most, in a sentence.
import type { NotMeasured } from '../../../../shared/domain/figure.ts'
import type { Offline, Serving } from '../../../../shared/domain/serving.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { countText, numberText } from '../../../../shared/report/figure-text.ts'
import type { MeasuredCase } from './outcomes.ts'

export type MeasuredOffline = Exclude<Offline, NotMeasured>
export type MeasuredServing = Exclude<Serving, NotMeasured>

export function offlineTitle(measured: readonly MeasuredCase<MeasuredOffline>[]): string {
  const [best] = [...measured].sort((a, b) => b.pass.imagesPerSecond - a.pass.imagesPerSecond)
  return best
    ? `${caseName(best.record)} takes ${countText(best.pass.imagesPerSecond)} images a second`
    : 'All images at once'
}

export function serverTitle(measured: readonly MeasuredCase<MeasuredServing>[]): string {
  const known = measured.flatMap(({ record, pass }) =>
    pass.highestRatePerSecond.value === null ? [] : [{ record, pass, rate: pass.highestRatePerSecond.value }],
  )
  const [best] = known.sort((a, b) => b.rate - a.rate)
  if (!best) return measured.length === 0 ? 'Queries arriving at random' : 'No rate tried keeps the bound'
  const { latencyBoundMs, percentile } = best.pass.request
  return `${caseName(best.record)} serves ${countText(best.rate)} queries a second with p${percentile} within ${numberText(latencyBoundMs)} ms`
}
