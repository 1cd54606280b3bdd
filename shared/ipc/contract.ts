// The whole conversation between the window and the main process: requests with their answers, and events.
// Both sides validate with these schemas. The renderer names runs by id and files by what a dialog returned;
// it never sends a path that main did not give it. Adding a command touches this file and one handler.
import { z } from 'zod'
import { artifactSchema } from '../domain/artifact.ts'
import { backendIdSchema, backendStatusSchema } from '../domain/backend.ts'
import { benchErrorSchema } from '../domain/bench-error.ts'
import {
  conversionCheckSchema,
  conversionEventSchema,
  conversionIdSchema,
  conversionRecordSchema,
  conversionStepNameSchema,
  logEntrySchema,
} from '../domain/conversion.ts'
import { figureSchema } from '../domain/figure.ts'
import { fingerprintSchema } from '../domain/fingerprint.ts'
import { machineSampleSchema } from '../domain/machine-sample.ts'
import { modelManifestSchema } from '../domain/model.ts'
import { fewestComparisons, noiseFloorSchema } from '../domain/noise-floor.ts'
import { planSchema, presetNameSchema } from '../domain/plan.ts'
import { environmentNameSchema, pythonExtraSchema, tensorrtChoiceSchema } from '../domain/python-environment.ts'
import { recipeSchema } from '../domain/recipe.ts'
import { runRecordSchema, runStateSchema } from '../domain/run.ts'
import { runEventSchema } from '../domain/run-event.ts'
import { sampleBlockSchema } from '../domain/sample-block.ts'

export type { EnvironmentName } from '../domain/python-environment.ts'

const nothing = z.object({}).strict()
const artifactKey = z.string().regex(/^[0-9a-f]{64}$/)
const runId = z
  .string()
  .regex(/^[a-z0-9._-]+$/)
  .max(120)
const key = z
  .string()
  .regex(/^[a-z0-9._-]+$/)
  .max(120)

export const reportFormatSchema = z.enum(['json', 'csv', 'md', 'html', 'pdf'])
export type ReportFormat = z.infer<typeof reportFormatSchema>

export const pythonEnvironmentSchema = z.object({
  name: environmentNameSchema,
  state: z.enum(['absent', 'installing', 'ready', 'broken']),
  /** True when the user's own interpreter was adopted. */
  adopted: z.boolean(),
  interpreter: z.string().nullable(),
  pythonVersion: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  extras: z.array(pythonExtraSchema),
  /** What is wrong; null unless broken. */
  error: benchErrorSchema.nullable(),
})
export type PythonEnvironment = z.infer<typeof pythonEnvironmentSchema>

export const pythonStepSchema = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  elapsedMs: z.number().nullable(),
  detail: z.string().nullable(),
})

export const pythonProgressSchema = z.object({
  environment: environmentNameSchema,
  steps: z.array(pythonStepSchema),
  /** The last line of the installer. */
  line: z.string().nullable(),
  /** null while it goes on. */
  outcome: z.enum(['done', 'failed', 'cancelled']).nullable(),
  error: benchErrorSchema.nullable(),
})
export type PythonProgress = z.infer<typeof pythonProgressSchema>

export const torchOfferSchema = z.object({
  version: z.string(),
  /** What pip would fetch: `torch-2.13.0+cpu-…whl`; null when pip could not say. */
  file: z.string().nullable(),
  /** `local file`, `package index`, or the user's source. */
  source: z.string(),
  sizeBytes: z.number().nullable(),
})

export const runListEntrySchema = z.object({
  runId,
  state: runStateSchema,
  createdAt: z.string(),
  modelName: z.string(),
  preset: z.string(),
  simulated: z.boolean(),
  seededWeights: z.boolean(),
  caseCount: z.number().int(),
  /** Largest speedup shown in it; a missing figure where none was. */
  bestSpeedup: figureSchema,
})
export type RunListEntry = z.infer<typeof runListEntrySchema>

export const planEstimateSchema = z.object({
  groups: z.array(z.object({ groupKey: z.string(), caseKeys: z.array(z.string()), baseline: z.string() })),
  /** null where nothing is known of this model on this machine yet. */
  estimatedMs: z.number().nullable(),
  /** Why it cannot start; empty when it can. */
  refusals: z.array(benchErrorSchema),
  warnings: z.array(z.string()),
})
export type PlanEstimate = z.infer<typeof planEstimateSchema>

export const appDescriptionSchema = z.object({
  version: z.string(),
  electron: z.string(),
  /** Set when the fallback runtime is in use: `fallback runtime, Electron 33, unsupported`. */
  runtimeNotice: z.string().nullable(),
  dataFolder: z.string(),
  recommendedThreads: z.number().int().positive(),
})
export type AppDescription = z.infer<typeof appDescriptionSchema>

export const machinePointSchema = machineSampleSchema
export type MachinePoint = z.infer<typeof machinePointSchema>

export const settingsSchema = z.object({
  theme: z.enum(['dark', 'light', 'system']),
  lastPlan: planSchema.nullable(),
})
export type Settings = z.infer<typeof settingsSchema>

export const noiseFloorProgressSchema = z.object({
  /** Comparisons. */
  done: z.number().int().nonnegative(),
  of: z.number().int().positive(),
  remainingMs: z.number().nullable(),
  /** null while it goes on. */
  outcome: z.enum(['done', 'failed', 'cancelled']).nullable(),
  error: benchErrorSchema.nullable(),
})
export type NoiseFloorProgressed = z.infer<typeof noiseFloorProgressSchema>

export const requests = {
  'app:describe': { request: nothing, response: appDescriptionSchema },
  'machine:describe': { request: nothing, response: fingerprintSchema.shape.machine },
  'backends:list': { request: z.object({ refresh: z.boolean() }).strict(), response: z.array(backendStatusSchema) },
  'python:describe': { request: nothing, response: z.array(pythonEnvironmentSchema) },
  'python:offer': {
    request: z.object({ torchSource: z.string().max(2048).nullable() }).strict(),
    response: torchOfferSchema,
  },
  /** Answers once it has begun; the rest comes as `python:progressed`. */
  'python:install': {
    request: z
      .object({
        environment: environmentNameSchema,
        /** For `tensorrt` alone; null elsewhere, and for the newest. */
        tensorrt: tensorrtChoiceSchema.nullable().optional(),
        torchSource: z.string().max(2048).nullable(),
        /** SPDX ids that the user accepted after reading them. */
        acceptedLicences: z.array(z.string().max(64)).max(8),
        repair: z.boolean(),
      })
      .strict(),
    response: nothing,
  },
  'python:cancel': { request: nothing, response: nothing },
  'licence:read': {
    request: z.object({ backend: backendIdSchema }).strict(),
    response: z.object({ spdx: z.string(), title: z.string(), text: z.string() }),
  },
  'models:list': { request: nothing, response: z.array(modelManifestSchema) },
  'artifacts:list': { request: nothing, response: z.array(artifactSchema) },
  'artifact:log': { request: z.object({ key: artifactKey }).strict(), response: z.object({ text: z.string() }) },
  'artifact:remove': { request: z.object({ key: artifactKey }).strict(), response: nothing },
  'conversion:check': { request: z.object({ recipe: recipeSchema }).strict(), response: conversionCheckSchema },
  /** Joins the queue; progress comes as `conversion:progressed`. */
  'conversion:start': {
    request: z.object({ recipe: recipeSchema }).strict(),
    response: z.object({ conversionId: conversionIdSchema }),
  },
  'conversion:cancel': { request: z.object({ conversionId: conversionIdSchema }).strict(), response: nothing },
  /** Queues the same recipe again; what is cached is not done again. */
  'conversion:retry': {
    request: z.object({ conversionId: conversionIdSchema }).strict(),
    response: z.object({ conversionId: conversionIdSchema }),
  },
  /** Forgets a conversion that has ended; its artifacts stay. */
  'conversion:dismiss': { request: z.object({ conversionId: conversionIdSchema }).strict(), response: nothing },
  'conversion:list': { request: nothing, response: z.array(conversionRecordSchema) },
  'conversion:log': {
    request: z.object({ conversionId: conversionIdSchema, step: conversionStepNameSchema }).strict(),
    response: z.object({ entries: z.array(logEntrySchema) }),
  },
  /** Writes the recipe of an artifact or a conversion, with the hashes it gave; null when the dialog was closed. */
  'recipe:save': {
    request: z.object({ recipe: recipeSchema }).strict(),
    response: z.object({ file: z.string() }).nullable(),
  },
  /** The recipe that would make this artifact again. */
  'recipe:of-artifact': { request: z.object({ key: artifactKey }).strict(), response: recipeSchema },
  'recipe:choose-file': { request: nothing, response: recipeSchema.nullable() },
  /** Opens a dialog; null when the user closed it. */
  'model:choose-file': {
    request: nothing,
    response: z.object({ file: z.string(), manifest: modelManifestSchema }).nullable(),
  },
  /** A file that was dropped on the window; the page cannot name one itself: only the bridge's `openDropped` sends this. */
  'model:open-dropped': {
    request: z.object({ file: z.string().max(4096) }).strict(),
    response: z.object({ file: z.string(), manifest: modelManifestSchema }),
  },
  'images:choose-folder': {
    request: nothing,
    response: z.object({ folder: z.string(), imageCount: z.number().int() }).nullable(),
  },
  /** A folder with a model's weights (safetensors); null when the user closed the dialog. */
  'weights:choose-folder': { request: nothing, response: z.object({ folder: z.string() }).nullable() },
  'images:samples': {
    request: nothing,
    response: z.array(z.object({ file: z.string(), title: z.string(), author: z.string(), licence: z.string() })),
  },
  'plan:estimate': { request: z.object({ plan: planSchema }).strict(), response: planEstimateSchema },
  'run:start': { request: z.object({ plan: planSchema }).strict(), response: z.object({ runId }) },
  /** Goes on with a run that was interrupted, cancelled or failed; `bad-usage` where it cannot be. */
  'run:resume': { request: z.object({ runId }).strict(), response: z.object({ runId }) },
  'run:cancel': { request: z.object({ runId }).strict(), response: nothing },
  'run:list': { request: nothing, response: z.array(runListEntrySchema) },
  'run:open': { request: z.object({ runId }).strict(), response: runRecordSchema },
  'run:samples': {
    request: z.object({ runId, groupKey: key, caseKey: key }).strict(),
    response: z.object({
      blocks: z.array(sampleBlockSchema),
      tornLines: z.number().int(),
      /** The machine during the whole run, in the order of time; absent where nothing was kept. */
      machine: z.array(machinePointSchema).optional(),
    }),
  },
  /** The events of the run going on so far (for a window that reloads); null when none is. */
  'run:current': { request: nothing, response: z.object({ runId, events: z.array(runEventSchema) }).nullable() },
  'run:open-folder': { request: nothing, response: z.object({ runId }).nullable() },
  'run:remove': { request: z.object({ runId }).strict(), response: nothing },
  'report:preview': {
    request: z.object({ runId, format: reportFormatSchema.exclude(['pdf']) }).strict(),
    response: z.object({ text: z.string() }),
  },
  /** Asks for a folder, writes, answers with the files; null when the user closed the dialog. */
  'report:export': {
    request: z.object({ runId, formats: z.array(reportFormatSchema).min(1) }).strict(),
    response: z.object({ folder: z.string(), files: z.array(z.string()) }).nullable(),
  },
  /** Those of this machine, newest first. */
  'noise-floor:list': { request: nothing, response: z.array(noiseFloorSchema) },
  /** One at a time; its progress and its end come as events. */
  'noise-floor:measure': {
    request: z
      .object({
        preset: presetNameSchema,
        device: planSchema.shape.device,
        comparisons: z.number().int().min(fewestComparisons).max(1000),
      })
      .strict(),
    response: nothing,
  },
  /** Comparisons that are done are kept. */
  'noise-floor:cancel': { request: nothing, response: nothing },
  'settings:read': { request: nothing, response: settingsSchema },
  'settings:write': { request: settingsSchema, response: nothing },
} as const satisfies Record<string, { request: z.ZodType; response: z.ZodType }>

export const events = {
  /** At most 10 a second; the run's events since the last one, in order. */
  'run:progressed': z.object({ runId, events: z.array(runEventSchema) }),
  'run:changed': z.object({ runId, state: runStateSchema }),
  'python:progressed': pythonProgressSchema,
  /** At most 10 a second; events since the last one, in order. */
  'conversion:progressed': z.object({ events: z.array(conversionEventSchema) }),
  'artifacts:changed': nothing,
  'noise-floor:progressed': noiseFloorProgressSchema,
  'backends:changed': nothing,
} as const satisfies Record<string, z.ZodType>

export type RequestName = keyof typeof requests
export type RequestOf<Name extends RequestName> = z.input<(typeof requests)[Name]['request']>
export type ResponseOf<Name extends RequestName> = z.output<(typeof requests)[Name]['response']>
export type EventName = keyof typeof events
export type EventOf<Name extends EventName> = z.output<(typeof events)[Name]>

/** How an answer crosses IPC: an expected failure keeps its words, a bug is reported without its stack. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: benchErrorSchema }),
])
export type Answer = z.infer<typeof answerSchema>

/** What the preload exposes as `window.enginebench`. */
export interface EnginebenchBridge {
  request<Name extends RequestName>(name: Name, payload: RequestOf<Name>): Promise<Answer>
  /** A file dropped on the window, as `model:open-dropped` answers it. */
  openDropped(file: File): Promise<Answer>
  /** Returns the function that ends the subscription. */
  subscribe<Name extends EventName>(name: Name, listener: (payload: EventOf<Name>) => void): () => void
}
