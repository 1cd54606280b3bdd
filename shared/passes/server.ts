// The server scenario: queries that arrive at random whether or not the previous one has ended, and the highest rate at
// which they are still answered in time. Named after the MLPerf rules, but not an MLPerf result, and every place that
// shows it says so. How its rates and trials are chosen is in server-trials.ts.
import { z } from 'zod'
import { figureSchema, isMeasured, notMeasuredSchema } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import { countText, numberText } from '../report/figure-text.ts'
import { notMlperf, type Offline } from './offline.ts'
import { definePass, type Measured, measuredOf, type PassCase } from './pass.ts'
import { caseTable, cellOf, numbers, type PassTable, words } from './pass-section.ts'
import {
  fewestQueries,
  longestBoundMs,
  longestTrialMs,
  mostArrivals,
  searchTrials,
  trialDurationMs,
} from './server-trials.ts'

const fields = {
  latencyBoundMs: {
    flag: 'server-bound',
    valueName: 'ms',
    schema: z.number().min(0.001).max(longestBoundMs).default(50),
    label: 'server, latency within',
    unit: 'ms',
    description: 'Send queries at random times and find the highest rate that keeps this latency',
  },
  percentile: {
    flag: 'server-percentile',
    valueName: 'percent',
    schema: z.number().min(50).max(99.9).default(99),
    label: 'for the percentile',
    unit: '%',
    description: 'Share of the queries that must keep the latency',
    goesWith: 'server-bound',
  },
  ratePerSecond: {
    flag: 'server-rate',
    valueName: 'per-second',
    schema: z.number().min(0.001).max(1_000_000).nullable().default(null),
    description: 'Send queries at this mean rate instead of searching for the highest',
    goesWith: 'server-bound',
  },
  durationMs: {
    flag: 'server-duration',
    valueName: 'seconds',
    schema: z.number().min(1000).max(longestTrialMs).default(10_000),
    unitFactor: 1000,
    description: 'Minimum time of each trial',
    goesWith: 'server-bound',
  },
} satisfies Readonly<Record<string, Option>>

export const servingRequestSchema = z.object({
  /**
   * From arrival to answer, kept by `percentile` of the queries. Older records hold longer bounds than are allowed now.
   */
  latencyBoundMs: z.number().positive(),
  percentile: fields.percentile.schema.removeDefault(),
  /** Mean arrivals per second (Poisson); null searches for the highest rate that keeps the bound. */
  ratePerSecond: z.number().positive().nullable(),
  /** Per trial; longer if the percentile needs more queries than arrive in that time, or the bound more time. */
  durationMs: fields.durationMs.schema.removeDefault(),
})
export type ServingRequest = z.infer<typeof servingRequestSchema>

export const servingTrialSchema = z.object({
  ratePerSecond: z.number().positive(),
  queries: z.number().int().positive(),
  /** At the requested percentile; missing if there are too few queries for it. */
  latencyMs: figureSchema,
  completedPerSecond: z.number().nonnegative(),
  keepsBound: z.boolean(),
})
export type ServingTrial = z.infer<typeof servingTrialSchema>

export const servingSchema = z.union([
  z.object({
    request: servingRequestSchema,
    /** Seed of the arrival times. */
    seed: z.number().int().nonnegative(),
    /** In the order in which they were tried. */
    trials: z.array(servingTrialSchema).min(1),
    /** Highest rate tried that keeps the bound; missing if none did. */
    highestRatePerSecond: figureSchema,
  }),
  notMeasuredSchema,
])
export type Serving = z.infer<typeof servingSchema>
type Served = PassCase<Measured<Serving>>

export const serverPass = definePass({
  field: 'server',
  key: 'server',
  stage: 'serve',
  title: 'Server',
  tells: 'How many queries per second, arriving at random, keep a latency bound.',
  requestSchema: servingRequestSchema,
  resultSchema: servingSchema,
  asks: fields.latencyBoundMs,
  fields,
  isInAll: false,
  formNote: notMlperf,
  refusals: (request) => {
    const { ratePerSecond } = request
    return ratePerSecond === null ? [] : rateRefusals(request, ratePerSecond)
  },
  /** A search tries rates around the capacity. */
  estimateMs: (request, { loadMs, warmupMs, latencyMs }) => {
    const { ratePerSecond } = request
    const trials = ratePerSecond === null ? searchTrials : 1
    return loadMs + warmupMs + trials * trialDurationMs(request, ratePerSecond ?? 1000 / latencyMs / 2)
  },
  cells: (pass, { offline }: { readonly offline?: Offline }) => ({
    server_highest_rate_per_second: pass?.highestRatePerSecond.value ?? null,
    server_latency_bound_ms: pass?.request.latencyBoundMs ?? null,
    server_percentile: pass?.request.percentile ?? null,
    server_trials: pass?.trials.length ?? null,
    scenario_note: pass === null && measuredOf(offline) === null ? null : notMlperf,
  }),
  line: ({ request, highestRatePerSecond: highest }) => {
    const rate = isMeasured(highest)
      ? `up to ${numberText(highest.value)} queries/s with ${boundText(request)}`
      : highest.reason
    return `${rate} (${notMlperf})`
  },
  section: {
    rank: 8,
    title: `Server scenario, ${notMlperf}`,
    note: 'Queries arrive at random (Poisson), whether or not the one before has ended; latency counts from arrival to answer, including the wait.',
    draw: (cases) => ({
      tables: [rateTable(cases), trialTable(cases)],
      remarks: cases.flatMap(({ place, measured: { highestRatePerSecond, trials } }) => [
        ...(isMeasured(highestRatePerSecond) ? [] : [{ place, sentence: highestRatePerSecond.reason }]),
        ...trials.flatMap(({ latencyMs }) =>
          isMeasured(latencyMs) ? [] : [{ place, sentence: `latency of a trial not measured: ${latencyMs.reason}` }],
        ),
      ]),
    }),
  },
})

/** A rate at which one trial would hold too many queries, or too few for its percentile. */
function rateRefusals(
  request: ServingRequest,
  ratePerSecond: number,
): readonly { readonly message: string; readonly remedy: string }[] {
  const { percentile } = request
  const seconds = trialDurationMs(request, ratePerSecond) / 1000
  const arrivals = ratePerSecond * seconds
  const needed = fewestQueries(percentile)
  if (arrivals > mostArrivals)
    return [
      {
        message: `${ratePerSecond} queries/s for ${seconds} s are more than the ${mostArrivals} queries that one trial can hold.`,
        remedy: `Ask for at most ${Math.floor(mostArrivals / seconds)} queries/s, or for a shorter trial.`,
      },
    ]
  if (arrivals < needed)
    return [
      {
        message: `p${percentile} needs ${needed} queries, and at ${ratePerSecond} queries/s fewer arrive in ten minutes.`,
        remedy: `Ask for at least ${Math.ceil((10 * needed) / seconds) / 10} queries/s, or for a lower percentile.`,
      },
    ]
  return []
}

function rateTable(cases: readonly Served[]): PassTable {
  return caseTable(
    [
      numbers('highest rate kept', 'queries / s'),
      numbers('latency there', 'ms'),
      words('bound'),
      words('rate'),
      numbers('seed'),
    ],
    cases.map(({ place: { name }, measured: { request, seed, trials, highestRatePerSecond: highest } }) => {
      const kept = trials.find(({ ratePerSecond, keepsBound }) => keepsBound && ratePerSecond === highest.value)
      return {
        name,
        cells: [
          cellOf(highest.value, numberText),
          cellOf(kept?.latencyMs.value ?? null, numberText),
          { text: boundText(request) },
          { text: request.ratePerSecond === null ? `searched in ${countText(trials.length)} trials` : 'as asked' },
          { text: String(seed) },
        ],
      }
    }),
  )
}

function trialTable(cases: readonly Served[]): PassTable {
  return {
    isDetail: true,
    caption: `Trials, in the order in which they were made, ${notMlperf}`,
    head: 'Case',
    columns: [
      numbers('arrivals', '/ s'),
      numbers('answered', '/ s'),
      numbers('latency', 'ms'),
      numbers('queries'),
      words('bound'),
    ],
    rows: cases.flatMap(({ place: { name }, measured: { trials } }) =>
      trials.map(({ ratePerSecond, queries, latencyMs, completedPerSecond, keepsBound }) => ({
        name,
        cells: [
          { text: numberText(ratePerSecond) },
          { text: numberText(completedPerSecond) },
          cellOf(latencyMs.value, numberText),
          { text: countText(queries) },
          { text: keepsBound ? '✓ kept' : '✕ missed' },
        ],
      })),
    ),
  }
}

/** `p99 within 15 ms`. */
export function boundText({
  latencyBoundMs,
  percentile,
}: Pick<ServingRequest, 'latencyBoundMs' | 'percentile'>): string {
  return `p${percentile} within ${Number(latencyBoundMs.toPrecision(6))} ms`
}
