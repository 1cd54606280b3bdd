// A running or finished conversion: its steps in order, the result of each, and how it ended. Kept on disk, so that a
// queue survives a restart; a step whose artifact is in the cache is `cached` and costs nothing.
import { z } from 'zod'
import { artifactSchema } from './artifact.ts'
import { benchErrorSchema } from './bench-error.ts'
import { instantSchema } from './instant.ts'
import { keySchema } from './key.ts'
import { recipeSchema } from './recipe.ts'

export const conversionStepNameSchema = z.enum(['export', 'simplify', 'precision', 'sensitivity', 'engine', 'parity'])
export type ConversionStepName = z.infer<typeof conversionStepNameSchema>

export const conversionStateSchema = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted'])
export type ConversionState = z.infer<typeof conversionStateSchema>

export const conversionStepSchema = z.object({
  name: conversionStepNameSchema,
  /** `skipped`: not needed, or an earlier step failed; `reason` says which. */
  state: z.enum(['waiting', 'running', 'done', 'cached', 'failed', 'cancelled', 'skipped']),
  /** Key of the resulting artifact; null if there is none or the step has not ended. */
  artifactKey: z.string().nullable(),
  elapsedMs: z.number().nonnegative().nullable(),
  /** One line for the user: what it did, why it was skipped. */
  reason: z.string().nullable(),
})
export type ConversionStep = z.infer<typeof conversionStepSchema>

export const conversionIdSchema = keySchema

export const conversionRecordSchema = z.object({
  schemaVersion: z.literal(1),
  conversionId: conversionIdSchema,
  createdAt: instantSchema,
  endedAt: instantSchema.nullable(),
  modelName: z.string(),
  recipe: recipeSchema,
  state: conversionStateSchema,
  steps: z.array(conversionStepSchema),
  /** Why it failed; finished steps are kept. */
  error: benchErrorSchema.nullable(),
  /** Notes on a success: an expected hash that differs, few calibration images. */
  warnings: z.array(z.string()),
})
export type ConversionRecord = z.infer<typeof conversionRecordSchema>

/** A phase of a builder; phases nest by `depth`. `total` is null if the library does not report it. */
export const buildPhaseSchema = z.object({
  name: z.string(),
  depth: z.number().int().nonnegative(),
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative().nullable(),
})
export type BuildPhase = z.infer<typeof buildPhaseSchema>

/** `count` above 1: the same text was repeated that often and is folded into one line. */
export const logEntrySchema = z.object({
  level: z.enum(['verbose', 'info', 'warning', 'error', 'stray']),
  text: z.string(),
  count: z.number().int().positive(),
})
export type LogEntry = z.infer<typeof logEntrySchema>

export const conversionEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('conversion-changed'), record: conversionRecordSchema }),
  z.object({
    kind: z.literal('step-progressed'),
    conversionId: conversionIdSchema,
    step: conversionStepNameSchema,
    /** 0..1 of the step; null if unknown. */
    fraction: z.number().min(0).max(1).nullable(),
    text: z.string(),
    /** Innermost last; empty except for a builder. */
    phases: z.array(buildPhaseSchema),
    elapsedMs: z.number().nonnegative(),
  }),
  z.object({
    kind: z.literal('logged'),
    conversionId: conversionIdSchema,
    step: conversionStepNameSchema,
    entries: z.array(logEntrySchema),
  }),
  z.object({ kind: z.literal('artifact-made'), conversionId: conversionIdSchema, artifact: artifactSchema }),
])
export type ConversionEvent = z.infer<typeof conversionEventSchema>

/** What a recipe would do, before it does it. */
export const conversionCheckSchema = z.object({
  steps: z.array(z.object({ name: conversionStepNameSchema, artifactKey: z.string().nullable(), cached: z.boolean() })),
  /** Why it cannot start; empty if it can. */
  refusals: z.array(benchErrorSchema),
  /** Why its last step cannot run here (e.g. no TensorRT); the ONNX steps still can. Null if all can. */
  engineRefusal: benchErrorSchema.nullable(),
  warnings: z.array(z.string()),
})
export type ConversionCheck = z.infer<typeof conversionCheckSchema>
