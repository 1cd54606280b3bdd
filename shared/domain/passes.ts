// What is measured beside the rounds, each in a pass of its own with fresh workers and each case alone, so that nothing
// of it touches the latencies. A plan without passes measures rounds and memory alone.
import { z } from 'zod'
import { servingRequestSchema } from './serving.ts'

export const fewestColdStarts = 5

export const passesSchema = z.object({
  /** Fresh processes a case. */
  coldStart: z.object({ launches: z.number().int().min(fewestColdStarts).max(50) }).optional(),
  /** One uninterrupted block a case; on a GPU alone. */
  energy: z.object({ blockMs: z.number().min(10_000).max(300_000) }).optional(),
  /** Where a query's time goes, over so many queries. */
  timeSplit: z.object({ queries: z.number().int().positive().max(10_000) }).optional(),
  /** Time a layer, over so many queries. */
  layers: z.object({ queries: z.number().int().positive().max(1000) }).optional(),
  /** The offline scenario: at least so many images, back to back. */
  offline: z.object({ images: z.number().int().positive().max(10_000_000) }).optional(),
  /** The server scenario. */
  server: servingRequestSchema.optional(),
  /** What share of the device's limits each case reaches, and what bounds it. Takes the time split and the layers along. */
  limits: z.boolean().optional(),
})
export type Passes = z.infer<typeof passesSchema>
