// Two ways of asking beside one query at a time (the rounds, «single-stream»): offline, all images at once as fast as
// they go; and server, queries that arrive at random whether or not the one before has ended. Named as the MLPerf rules
// name them, but none of this is an MLPerf result, and every place that shows it says so.
import { z } from 'zod'
import { figureSchema, notMeasuredSchema } from './figure.ts'

export const notMlperf = 'not an MLPerf result'

export const servingRequestSchema = z.object({
  /** The latency, from arrival to answer, that `percentile` of the queries must keep. */
  latencyBoundMs: z.number().positive(),
  percentile: z.number().min(50).max(99.9),
  /** Mean arrivals a second (Poisson); null searches the highest rate that keeps the bound. */
  ratePerSecond: z.number().positive().nullable(),
  /** Of each trial; longer where the percentile needs more queries than come in that time, or the bound more time. */
  durationMs: z.number().min(1000).max(600_000),
})
export type ServingRequest = z.infer<typeof servingRequestSchema>

export const servingTrialSchema = z.object({
  ratePerSecond: z.number().positive(),
  queries: z.number().int().positive(),
  /** At the asked percentile; missing where there are too few queries for it. */
  latencyMs: figureSchema,
  completedPerSecond: z.number().nonnegative(),
  keepsBound: z.boolean(),
})
export type ServingTrial = z.infer<typeof servingTrialSchema>

export const servingSchema = z.union([
  z.object({
    request: servingRequestSchema,
    /** Of the arrival times. */
    seed: z.number().int().nonnegative(),
    /** In the order in which they were tried. */
    trials: z.array(servingTrialSchema).min(1),
    /** Highest rate tried that keeps the bound; missing where none did. */
    highestRatePerSecond: figureSchema,
  }),
  notMeasuredSchema,
])
export type Serving = z.infer<typeof servingSchema>

export const offlineSchema = z.union([
  z.object({
    images: z.number().int().positive(),
    /** From the first query's start to the last one's end. */
    wallMs: z.number().positive(),
    imagesPerSecond: z.number().positive(),
  }),
  notMeasuredSchema,
])
export type Offline = z.infer<typeof offlineSchema>
