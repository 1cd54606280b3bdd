// The shape of one entry in the tables of requests, and the parts that several entries share.
import { z } from 'zod'
import type { Stage } from '../domain/bench-error.ts'

export interface RequestDefinition {
  readonly stage: Stage
  /** Longest time without a heartbeat. */
  readonly silenceMs: number
  /** Longest time with heartbeats but the same progress number. */
  readonly stuckMs: number
  /** A cancel takes effect within 2 s, whatever the library does: asked to stop, then killed without a SIGTERM. */
  readonly endsSoon?: true
  readonly parameters: z.ZodObject
  /** Name of the message that carries the result. */
  readonly answer: string
  readonly result: z.ZodObject
}

export const second = 1000
export const minute = 60 * second

/** Loading a library may hold Python's interpreter lock for many seconds on a cold disk. */
export const loading = { silenceMs: minute, stuckMs: 10 * minute }
export const measuring = { silenceMs: 5 * second, stuckMs: 2 * minute }

export const bytesOrReasonSchema = z.union([
  z.object({ value: z.number().int().nonnegative() }),
  z.object({ value: z.null(), reason: z.string().min(1) }),
])
/** Library -> version. */
export const versionsSchema = z.record(z.string(), z.string())
/** [batch or images, channels, height, width], or whatever else the input has. */
export const tensorShapeSchema = z.array(z.number().int().nonnegative()).min(1)

/**
 * One output over all images: float32, or float64 for whole numbers and float64. One row per image; an output that has no
 * such rows is written only at batch 1, its values one after another, with the shape of each query's answer.
 */
export const writtenOutputSchema = z.object({
  name: z.string(),
  file: z.string(),
  sha256: z.string(),
  shape: z.array(z.number().int()),
  shapes: z.array(z.array(z.number().int().nonnegative())).optional(),
})
