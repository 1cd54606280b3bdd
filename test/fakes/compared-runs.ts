// Records of measured runs with given figures, for tests of whatever sets runs or cases beside each other.
import { type Figure, measured, missing } from '../../shared/domain/figure.ts'
import type { CaseRecord, RunRecord } from '../../shared/domain/run.ts'
import { baseCase, baseRecord } from '../fixtures/record.ts'

export interface GivenCase extends Partial<CaseRecord> {
  readonly caseKey: string
  readonly p50Ms: number
  /** Share of a figure by which its interval reaches to either side; null for a figure without an interval. */
  readonly reach?: number | null
  readonly p99Ms?: number
  readonly memoryMib?: number
  readonly batchSize?: number
}

const mebibyte = 1024 * 1024

/** A value whose interval reaches as far on either side, over launches. */
export function figureOf(value: number, reach: number | null = 0.01, launches = 8): Figure {
  if (reach === null) return measured(value)
  const method = `student-t over ${launches} launches`
  return measured(value, { low: value / (1 + reach), high: value * (1 + reach), level: 0.95, method })
}

/** One group for each batch size, of eight launches, with the first case as its baseline. */
export function runOfCases(cases: readonly GivenCase[], changes: Partial<RunRecord> = {}): RunRecord {
  const batchSizes = [...new Set(cases.map(({ batchSize = 1 }) => batchSize))]
  const record = baseRecord({ protocol: 3, ...changes })
  const groups = batchSizes.map((batchSize): RunRecord['groups'][number] => {
    const own = cases.filter((entry) => (entry.batchSize ?? 1) === batchSize)
    const baseline = own[0]?.caseKey ?? ''
    return {
      groupKey: `clip-vit-b32-b${batchSize}`,
      batchSize,
      inputShape: [batchSize, 3, 224, 224],
      device: 'cpu',
      baseline,
      coResident: true,
      inputSha256: '5f8d'.repeat(16),
      launches: Array.from({ length: 8 }, (_, launch) => ({
        order: own.map(({ caseKey }) => caseKey),
        startMs: {},
        hugePageBytes: {},
        endedAtMs: 1000 * (launch + 1),
      })),
      roundsPerLaunch: 4,
      stopped: 'decided',
      cases: own.map((entry) => caseRecord(entry, batchSize, own[0]?.p50Ms ?? entry.p50Ms, baseline)),
    }
  })
  const candidates = cases.map(({ caseKey }) => ({ ...namesIn(caseKey), options: {} }))
  return { ...record, plan: { ...record.plan, candidates, batchSizes }, groups }
}

function caseRecord(given: GivenCase, batchSize: number, baselineMs: number, baseline: string): CaseRecord {
  const { p50Ms, reach = 0.01, p99Ms, memoryMib = 600, batchSize: _, ...changes } = given
  const { backend, precision } = namesIn(given.caseKey)
  const figures = baseCase(given.caseKey, backend, precision)
  const isBaseline = given.caseKey === baseline
  const ratio = figureOf(baselineMs / p50Ms, reach)
  const none = missing('not needed here')
  return {
    ...figures,
    latencyMs: {
      p50: figureOf(p50Ms, reach),
      p90: none,
      p95: none,
      p99: p99Ms === undefined ? missing('n too small (204/662)') : figureOf(p99Ms, reach),
      mean: none,
      min: none,
    },
    imagesPerSecond: figureOf((1000 * batchSize) / p50Ms, reach),
    memory: { ...figures.memory, processPeakBytes: measured(memoryMib * mebibyte) },
    speedup: {
      value: isBaseline ? 1 : ratio.value,
      interval: isBaseline || ratio.value === null ? null : ratio.interval,
      baseline,
      verdict: isBaseline ? 'same' : p50Ms < baselineMs ? 'faster' : 'slower',
      reason: 'given',
      heading: null,
      margin: 0.02,
    },
    badges: [],
    sampleCount: 2000,
    leadSampleCount: 90,
    outliers: { mild: 0, severe: 0 },
    ...changes,
  }
}

function namesIn(caseKey: string): Pick<CaseRecord, 'backend' | 'precision'> {
  const [, backend = '', precision = ''] = /^(.+)-(fp32|fp16|int8)/.exec(caseKey) ?? []
  return { backend: backend as CaseRecord['backend'], precision: precision as CaseRecord['precision'] }
}
