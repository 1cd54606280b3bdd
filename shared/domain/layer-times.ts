// Time by layer, as the backend's own profiler tells it. A profiler slows what it watches: these are shares to look at,
// never latencies to compare.
import { z } from 'zod'
import { notMeasuredSchema } from './figure.ts'

/** Only the costliest are kept; the rest is one sum. */
export const mostLayers = 200

export const layerTimeSchema = z.object({
  name: z.string(),
  /** `Conv`, `MatMul`, a kernel's kind: what two engines have in common. */
  operator: z.string(),
  /** Of one query: the median where the profiler tells each, else the mean. */
  timeMs: z.number().nonnegative(),
})
export type LayerTime = z.infer<typeof layerTimeSchema>

export const layerTimesSchema = z.union([
  z.object({
    method: z.string().min(1),
    /** `device`: how long it computed, its waits for the host left out. Absent where the profiler does not say. */
    clock: z.enum(['host', 'device']).optional(),
    queries: z.number().int().positive(),
    /** Costliest first. */
    layers: z.array(layerTimeSchema).max(mostLayers),
    otherLayers: z.number().int().nonnegative(),
    otherMs: z.number().nonnegative(),
  }),
  notMeasuredSchema,
])
export type LayerTimes = z.infer<typeof layerTimesSchema>
