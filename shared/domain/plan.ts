// What a run is asked to do. A plan expands to groups (one model × input shape × batch × device); the cases of a group
// are compared with each other and with the group's baseline.
import { z } from 'zod'
import { passesSchema } from '../passes/index.ts'
import { backendIdSchema } from './backend.ts'
import { deviceSchema } from './device.ts'
import { opsetSchema } from './model.ts'
import { inputValuesSchema } from './model-input.ts'
import type { Option } from './option.ts'
import { precisionSchema } from './precision.ts'

export const presetNameSchema = z.enum(['quick', 'standard', 'rigorous'])
export type PresetName = z.infer<typeof presetNameSchema>

export const candidateSchema = z.object({
  backend: backendIdSchema,
  precision: precisionSchema,
  /** The backend's own options, which its worker checks against its declared schema. */
  options: z.record(z.string(), z.unknown()),
  /** sha256 of the artifact to run; absent if the run finds or exports the file itself. */
  artifact: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
export type Candidate = z.infer<typeof candidateSchema>

export const weightsChoiceSchema = z.union([
  z.object({ kind: z.literal('auto') }),
  z.object({ kind: z.literal('hub') }),
  z.object({ kind: z.literal('seeded') }),
  z.object({ kind: z.literal('folder'), folder: z.string().min(1) }),
])

export const widthRuleOptions = {
  halfWidth: {
    flag: 'half-width',
    valueName: 'percent',
    schema: z.number().min(0.001).max(0.5).default(0.02),
    unitFactor: 0.01,
    label: 'launches until ±',
    unit: '%',
    description: 'Add launches after the decision until every interval is this narrow on either side',
  },
  budgetMs: {
    flag: 'budget',
    valueName: 'minutes',
    schema: z.number().min(600).max(86_400_000).default(600_000),
    unitFactor: 60_000,
    label: 'at most',
    unit: 'minutes',
    description: 'Maximum time for the launches of each group until then',
  },
} satisfies Readonly<Record<string, Option>>

/**
 * Launches go on after the decision, by a rule fixed beforehand: until, at a look, every comparison's interval reaches no
 * further than `halfWidth` on either side (0.02 is 2 %), or the time is spent. In protocol 1 it added rounds to launches.
 */
export const widthRuleSchema = z.object({
  halfWidth: widthRuleOptions.halfWidth.schema.removeDefault(),
  budgetMs: z.number().positive().max(86_400_000),
})
export type WidthRule = z.infer<typeof widthRuleSchema>

export const marginOption = {
  flag: 'margin',
  valueName: 'percent',
  schema: z.number().min(0.005).max(0.2).default(0.02),
  unitFactor: 0.01,
  label: 'the same within ±',
  unit: '%',
  description: 'Differences up to this size count as the same, and a winner must differ by more',
} satisfies Option

/** Share of 1 within which two cases count as equally fast, if a plan names no other. */
export const defaultMargin = marginOption.schema.parse(undefined)

export const launchBudgetOptions = {
  mostLaunches: {
    flag: 'max-launches',
    valueName: 'count',
    schema: z.number().int().min(1).max(32).optional(),
    label: 'launches',
    unit: 'at most',
    description: 'Maximum number of launches of each group',
    defaultText: "the preset's",
  },
  budgetMs: {
    flag: 'max-minutes',
    valueName: 'minutes',
    schema: z.number().min(600).max(86_400_000).optional(),
    unitFactor: 60_000,
    label: 'time',
    unit: 'minutes at most',
    description: 'Maximum time for the launches of each group',
    defaultText: "the preset's",
  },
} satisfies Readonly<Record<string, Option>>

/** Replaces the preset's limits of each group's launches. */
export const launchBudgetSchema = z.object({
  mostLaunches: launchBudgetOptions.mostLaunches.schema,
  budgetMs: launchBudgetOptions.budgetMs.schema,
})

export const planSchema = z.object({
  /** A manifest's id, or an absolute path of the user's .onnx file. */
  model: z.string().min(1),
  candidates: z.array(candidateSchema).min(1).max(32),
  batchSizes: z.array(z.number().int().positive()).min(1).max(16),
  /** Absolute folder of images; null for the shipped samples (or the model's own arrays). */
  imageFolder: z.string().nullable(),
  /** Maximum number of images, in name order. */
  imageLimit: z.number().int().positive().max(4096),
  /** Overrides the manifest's input size, square, in pixels; null keeps it. */
  inputSize: z.number().int().positive().max(4096).nullable(),
  /** Sizes of inputs by name, one query each, as trtexec takes them; absent: the model's, or what it proposes. */
  shapes: z.record(z.string(), z.array(z.number().int().positive())).optional(),
  /** Values of inputs by name; absent: what the model's manifest says. */
  inputValues: z.record(z.string(), inputValuesSchema).optional(),
  weights: weightsChoiceSchema,
  device: deviceSchema,
  /** Intra-op threads of every CPU backend; set explicitly so that all are equal. */
  threads: z.number().int().positive().max(1024),
  opset: opsetSchema.nullable(),
  preset: presetNameSchema,
  seed: z.number().int().nonnegative().max(4294967295),
  widthRule: widthRuleSchema.optional(),
  /** Share of 1 within which two cases count as equally fast; absent means `defaultMargin`. */
  margin: marginOption.schema.removeDefault().optional(),
  /** Absent: the preset's. */
  budget: launchBudgetSchema.optional(),
  passes: passesSchema.optional(),
})
export type Plan = z.infer<typeof planSchema>

/** Of all groups together: what a window can still show, and a person compare. */
export const mostCasesOfPlan = 256

export interface PresetBudget {
  /** The launches of a group end at this number even if a comparison is still undecided. */
  readonly mostLaunches: number
  /**
   * Time for the launches of one group, from the start of its first: no launch begins that would not fit. Null: no
   * limit. The first launch is always made.
   */
  readonly budgetMs: number | null
  readonly withIdenticalPair: boolean
}

/** Protocol 2: a preset is only a budget of one sequential design (shared/statistics/sequential.ts). */
export const presetBudgets: Readonly<Record<PresetName, PresetBudget>> = {
  quick: { mostLaunches: 8, budgetMs: 60_000, withIdenticalPair: false },
  standard: { mostLaunches: 20, budgetMs: 10 * 60_000, withIdenticalPair: false },
  rigorous: { mostLaunches: 32, budgetMs: null, withIdenticalPair: true },
}

/** Protocol 1: launches × rounds; an A/A pair repeats the baseline as a second case. Sources: docs/adr on measuring. */
export const presets: Readonly<Record<PresetName, { launches: number; rounds: number; withIdenticalPair: boolean }>> = {
  quick: { launches: 1, rounds: 12, withIdenticalPair: false },
  standard: { launches: 5, rounds: 12, withIdenticalPair: false },
  rigorous: { launches: 5, rounds: 24, withIdenticalPair: true },
}
