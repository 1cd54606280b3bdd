// How long until a case answers its first query, in processes that had not run before. Never mixed into latency. Times
// in ms; a part that cannot be told apart is null and counts in the part after it.
import { z } from 'zod'
import { figureSchema, notMeasuredSchema } from './figure.ts'

export const coldLaunchSchema = z.object({
  /** From asking for the process to its first word. */
  spawnMs: z.number().nonnegative(),
  importMs: z.number().nonnegative().nullable(),
  /** Creating the CUDA context; null on a CPU. */
  contextMs: z.number().nonnegative().nullable(),
  /** Loading, deserialising or compiling. */
  loadMs: z.number().nonnegative(),
  firstQueryMs: z.number().positive(),
  secondQueryMs: z.number().positive(),
})
export type ColdLaunch = z.infer<typeof coldLaunchSchema>

export const coldStartSchema = z.union([
  z.object({
    launches: z.array(coldLaunchSchema).min(1),
    /** Median over launches of all parts up to the first answer; the second query is not part of it. */
    toFirstAnswerMs: figureSchema,
    /** What was warm or cold: files in the system's page cache, compile caches, engines. Sentences. */
    caches: z.array(z.string()),
  }),
  notMeasuredSchema,
])
export type ColdStart = z.infer<typeof coldStartSchema>
