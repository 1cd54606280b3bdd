import type { Interval } from '../../../shared/domain/figure.ts'
import type { GroupRecord } from '../../../shared/domain/run.ts'
import { candidateName } from '../../format/candidate.ts'
import { milliseconds, times } from '../../format/number.ts'

export interface Headline {
  readonly value: number | null
  readonly interval: Interval | null
  readonly statement: string
  readonly explanation: string
}

export function headlineFor(group: GroupRecord): Headline {
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const best = group.cases
    .filter(
      ({ caseKey, state, speedup }) =>
        caseKey !== group.baseline && state === 'completed' && speedup.verdict === 'faster',
    )
    .sort((a, b) => (b.speedup.value ?? 0) - (a.speedup.value ?? 0))[0]
  const baselineName = baseline ? candidateName(baseline) : group.baseline
  if (!best || best.speedup.value === null) {
    return {
      value: null,
      interval: null,
      statement: `Nothing is shown to be faster than ${baselineName}.`,
      explanation: '',
    }
  }
  const p50 = best.latencyMs.p50.value
  const baseP50 = baseline?.latencyMs.p50.value ?? null
  return {
    value: best.speedup.value,
    interval: best.speedup.interval,
    statement:
      p50 !== null && baseP50 !== null
        ? `${candidateName(best)} beats ${baselineName}: ${milliseconds(p50)} against ${milliseconds(baseP50)}.`
        : `${candidateName(best)} beats ${baselineName}, ${times(best.speedup.value)}.`,
    explanation: best.speedup.heading ?? best.speedup.reason,
  }
}
