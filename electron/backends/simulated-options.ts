// What a simulated case can be told. The form and the command line read the JSON Schema of it.
import { z } from 'zod'
import { BenchError, benchErrorCodes } from '../../shared/domain/bench-error.ts'

const simulatedStages = ['prepare', 'memory', 'warmup', 'measure', 'parity'] as const

export const simulatedOptionsSchema = z
  .object({
    /** Median of one query. */
    medianMs: z.number().positive().max(60_000).default(10),
    /** Added to the median for each image of the batch. */
    perImageMs: z.number().nonnegative().max(60_000).default(0),
    /** Standard deviation of the logarithm of a sample. */
    spread: z.number().nonnegative().max(2).default(0.03),
    /** Standard deviation of the logarithm by which a whole launch is off. */
    launchSpread: z.number().nonnegative().max(1).default(0),
    /** Relative growth of the median from one block to the next. */
    driftPerBlock: z.number().min(-0.5).max(0.5).default(0),
    /** Peak memory that is claimed. */
    memoryBytes: z.number().int().positive().default(200_000_000),
    /** Claimed beside it for each image of the batch. */
    memoryBytesPerImage: z.number().int().nonnegative().default(0),
    /** 0 is instant; 1 takes as long as what is simulated would. */
    pace: z.number().nonnegative().max(10).default(0),
    steady: z.boolean().default(true),
    /** Fails at a stage with a code, from a batch on; at `measure` after so many blocks of this worker. */
    fault: z
      .object({
        stage: z.enum(simulatedStages),
        code: z.enum(benchErrorCodes).default('worker-crashed'),
        afterBlocks: z.number().int().nonnegative().default(0),
        fromBatch: z.number().int().positive().default(1),
      })
      .strict()
      .nullable()
      .default(null),
  })
  .strict()
export type SimulatedOptions = z.infer<typeof simulatedOptionsSchema>

export function parseSimulatedOptions(options: Readonly<Record<string, unknown>>): SimulatedOptions {
  const parsed = simulatedOptionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new BenchError({
    code: 'bad-usage',
    stage: 'load',
    message: 'The options of the simulated backend cannot be read.',
    remedy: 'Correct the named option.',
    cause: z.prettifyError(parsed.error),
  })
}
