// What a user asks of the engine to ship: limits, and what to prefer among the cases within them. The command line's
// options and the window's fields derive from these rows.
import { z } from 'zod'
import type { Option } from './option.ts'

const atMost = z.number().positive().optional()

export const limitOptions = {
  p50Ms: {
    flag: 'p50-ms',
    valueName: 'ms',
    schema: atMost,
    label: 'p50 latency',
    unit: 'ms',
    description: 'Largest median latency of a query',
  },
  p99Ms: {
    flag: 'p99-ms',
    valueName: 'ms',
    schema: atMost,
    label: 'p99 latency',
    unit: 'ms',
    description: 'Largest 99th percentile of the latency of a query',
  },
  imagesPerSecond: {
    flag: 'images-per-second',
    valueName: 'count',
    schema: atMost,
    label: 'throughput',
    unit: 'images/s',
    description: 'Fewest images per second',
  },
  memoryMib: {
    flag: 'memory-mib',
    valueName: 'size',
    schema: atMost,
    label: 'process peak',
    unit: 'MiB',
    description: 'Largest memory of the process: on a GPU its GPU memory, otherwise its resident memory',
  },
  energyJoules: {
    flag: 'energy-joules',
    valueName: 'joules',
    schema: atMost,
    label: 'energy per image',
    unit: 'J',
    description: 'Largest energy of an image',
  },
  coldStartMs: {
    flag: 'cold-start-ms',
    valueName: 'ms',
    schema: atMost,
    label: 'cold start',
    unit: 'ms',
    description: 'Largest time of a fresh process to its first answer',
  },
} as const satisfies Readonly<Record<string, Option>>

export type LimitName = keyof typeof limitOptions
export const limitNames = Object.keys(limitOptions) as readonly LimitName[]

/** `pass`: only what passes parity; `warn`: also what warns; `any`: whatever parity says. */
export const parityLimitSchema = z.enum(['pass', 'warn', 'any'])
export type ParityLimit = z.infer<typeof parityLimitSchema>

export const preferenceSchema = z.enum(['images-per-second', 'p50', 'p99', 'memory', 'energy'])
export type Preference = z.infer<typeof preferenceSchema>

export const choiceOptions = {
  parity: {
    flag: 'parity',
    valueName: 'verdict',
    schema: parityLimitSchema.default('pass'),
    label: 'parity',
    description: 'What parity must say: pass, at least warn, or any verdict',
  },
  withoutPython: {
    flag: 'without-python',
    valueName: null,
    schema: z.boolean().default(false),
    label: 'without Python',
    description: 'Only engines that need no Python to run',
  },
  prefer: {
    flag: 'prefer',
    valueName: 'list',
    schema: z.array(preferenceSchema).min(1).default(['images-per-second', 'p99', 'memory']),
    label: 'prefer',
    description: 'What to prefer, the most important first; what follows breaks ties',
  },
} as const satisfies Readonly<Record<string, Option>>

export const demandsSchema = z.object({
  /** By name, in the unit of its option; absent where nothing is asked. */
  limits: z.partialRecord(z.enum(limitNames as [LimitName, ...LimitName[]]), z.number().positive()),
  parity: parityLimitSchema,
  withoutPython: z.boolean(),
  prefer: z.array(preferenceSchema).min(1),
})
export type Demands = z.infer<typeof demandsSchema>
