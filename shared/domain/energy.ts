// What the block of the energy pass used, from the board's own counter. The gross figure stands in the case's
// `energyJoulesPerImage`; this is what lies behind it.
import { z } from 'zod'
import { figureSchema, notMeasuredSchema } from './figure.ts'

export const energySchema = z.union([
  z.object({
    /** The same with the idle power of the board, loaded but not computing, taken off. */
    netJoulesPerImage: figureSchema,
    blockMs: z.number().positive(),
    images: z.number().int().positive(),
    averageWatts: z.number().nonnegative(),
    idleWatts: z.number().nonnegative().nullable(),
    /** What was metered: `the GPU board, not the wall`. */
    boundary: z.string().min(1),
  }),
  notMeasuredSchema,
])
export type Energy = z.infer<typeof energySchema>
