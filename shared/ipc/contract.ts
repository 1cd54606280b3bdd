// All communication between the window and the main process: requests with their answers, and events. Both sides
// validate with these schemas. The renderer names runs by id and files by a dialog's result; it never sends a path that
// main did not give it. To add a command, edit this file and one handler.
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
import { inspectedFileSchema } from '../domain/inspection.ts'
import { instantSchema } from '../domain/instant.ts'
import { keySchema } from '../domain/key.ts'
import { machineSampleSchema } from '../domain/machine-sample.ts'
import { modelManifestSchema } from '../domain/model.ts'
import { fewestComparisons, noiseFloorSchema } from '../domain/noise-floor.ts'
import { marginOption, planSchema, presetNameSchema } from '../domain/plan.ts'
import { pluginLibrarySchema } from '../domain/plugin.ts'
import { environmentNameSchema, pythonExtraSchema, tensorrtChoiceSchema } from '../domain/python-environment.ts'
import { recipeSchema } from '../domain/recipe.ts'
import { runRecordSchema, runStateSchema } from '../domain/run.ts'
import { runEventSchema } from '../domain/run-event.ts'
import { sampleBlockSchema } from '../domain/sample-block.ts'
import { unreadableEntrySchema } from '../domain/unreadable-entry.ts'

export type { EnvironmentName } from '../domain/python-environment.ts'

const nothing = z.object({}).strict()
const artifactKey = z.string().regex(/^[0-9a-f]{64}$/)

export const reportFormatSchema = z.enum(['json', 'csv', 'md', 'html', 'pdf'])
export type ReportFormat = z.infer<typeof reportFormatSchema>

export const pythonEnvironmentSchema = z.object({
  name: environmentNameSchema,
  state: z.enum(['absent', 'installing', 'ready', 'broken']),
  /** True if the user's own interpreter was adopted. */
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
  /** Null while it is running. */
  outcome: z.enum(['done', 'failed', 'cancelled']).nullable(),
  error: benchErrorSchema.nullable(),
})
export type PythonProgress = z.infer<typeof pythonProgressSchema>

export const torchOfferSchema = z.object({
  version: z.string(),
  /** The file pip would download: `torch-2.13.0+cpu-…whl`; null if pip could not say. */
  file: z.string().nullable(),
  /** `local file`, `package index`, or the user's source. */
  source: z.string(),
  sizeBytes: z.number().nullable(),
})

export const runListEntrySchema = z.object({
  runId: keySchema,
  state: runStateSchema,
  createdAt: instantSchema,
  modelName: z.string(),
  preset: z.string(),
  simulated: z.boolean(),
  seededWeights: z.boolean(),
  caseCount: z.number().int(),
  /** Largest speedup in it; a missing figure if there is none. */
  bestSpeedup: figureSchema,
})
export type RunListEntry = z.infer<typeof runListEntrySchema>

/** What was removed into the trash folder, or taken off a list; known until the app ends. */
export const removalSchema = z.object({ undoKey: keySchema }).strict()
export type Removal = z.infer<typeof removalSchema>

export const planEstimateSchema = z.object({
  groups: z.array(
    z.object({
      groupKey: z.string(),
      caseKeys: z.array(z.string()),
      baseline: z.string(),
      /** As many as fit the budget, if their cost is known; fewer if every comparison is decided earlier. */
      mostLaunches: z.number().int().positive(),
      /** By what starting is expected to cost; null if this model was not measured on this machine yet. */
      roundsPerLaunch: z.number().int().positive().nullable(),
    }),
  ),
  /** At most; null if this model was not measured on this machine yet. */
  estimatedMs: z.number().nullable(),
  /** Why it cannot start; empty if it can. */
  refusals: z.array(benchErrorSchema),
  warnings: z.array(z.string()),
})
export type PlanEstimate = z.infer<typeof planEstimateSchema>

/** What measuring two cases again, side by side, would do. */
export const settleProposalSchema = z.object({
  /** One run of both cases, in the order given. */
  plan: planSchema,
  /** Why it is not possible here; empty if it is. Sentences. */
  obstacles: z.array(z.string()),
  /** What to know before it starts. Sentences. */
  notes: z.array(z.string()),
  /** Until two that are equally fast are called the same; null if this machine's noise floor is not known. */
  launches: z.number().int().nullable(),
  mostLaunches: z.number().int().positive(),
  /** Smallest difference that all launches together can tell here; null likewise. */
  resolvable: z.number().nullable(),
  /** With so many launches, and with all of them; null if a case was not measured here before. */
  expectedMs: z.number().nullable(),
  mostMs: z.number().nullable(),
})
export type SettleProposal = z.infer<typeof settleProposalSchema>

const settledCaseSchema = z.object({ runId: keySchema, groupKey: keySchema, caseKey: keySchema }).strict()
export type SettledCase = z.infer<typeof settledCaseSchema>

export const appDescriptionSchema = z.object({
  version: z.string(),
  electron: z.string(),
  /** Set if the fallback runtime is in use: `fallback runtime, Electron 33, unsupported`. */
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
  /** Number of comparisons. */
  done: z.number().int().nonnegative(),
  of: z.number().int().positive(),
  remainingMs: z.number().nullable(),
  /** Null while it is running. */
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
  /** Answers once it has begun; later progress arrives as `python:progressed`. */
  'python:install': {
    request: z
      .object({
        environment: environmentNameSchema,
        /** Only for `tensorrt`; null for other environments, and for the newest version. */
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
  /** Opens the artifact, or the graph it was built from, in a worker; takes seconds. */
  'artifact:inspect': { request: z.object({ key: artifactKey }).strict(), response: inspectedFileSchema },
  'artifact:remove': { request: z.object({ key: artifactKey }).strict(), response: nothing },
  'conversion:check': { request: z.object({ recipe: recipeSchema }).strict(), response: conversionCheckSchema },
  /** Joins the queue; progress arrives as `conversion:progressed`. */
  'conversion:start': {
    request: z.object({ recipe: recipeSchema }).strict(),
    response: z.object({ conversionId: conversionIdSchema }),
  },
  'conversion:cancel': { request: z.object({ conversionId: conversionIdSchema }).strict(), response: nothing },
  /** Queues the same recipe again; cached steps are not repeated. */
  'conversion:retry': {
    request: z.object({ conversionId: conversionIdSchema }).strict(),
    response: z.object({ conversionId: conversionIdSchema }),
  },
  /** Removes an ended conversion from the list; its artifacts stay. */
  'conversion:dismiss': { request: z.object({ conversionId: conversionIdSchema }).strict(), response: nothing },
  'conversion:list': { request: nothing, response: z.array(conversionRecordSchema) },
  'conversion:log': {
    request: z.object({ conversionId: conversionIdSchema, step: conversionStepNameSchema }).strict(),
    response: z.object({ entries: z.array(logEntrySchema) }),
  },
  /** Writes the recipe of an artifact or a conversion, with the resulting hashes; null if the dialog was closed. */
  'recipe:save': {
    request: z.object({ recipe: recipeSchema }).strict(),
    response: z.object({ file: z.string() }).nullable(),
  },
  /** The recipe that would make this artifact again. */
  'recipe:of-artifact': { request: z.object({ key: artifactKey }).strict(), response: recipeSchema },
  'recipe:choose-file': { request: nothing, response: recipeSchema.nullable() },
  /** Opens a dialog after the user has read that the file is code, and trusts its maker; null if it was closed. */
  'plugin:choose': {
    request: z.object({ consent: z.literal(true) }).strict(),
    response: pluginLibrarySchema.nullable(),
  },
  /** Opens a dialog; null if the user closed it. */
  'model:choose-file': {
    request: nothing,
    response: z.object({ file: z.string(), manifest: modelManifestSchema }).nullable(),
  },
  /** A file dropped on the window. The page cannot name one itself: only the bridge's `openDropped` sends this. */
  'model:open-dropped': {
    request: z.object({ file: z.string().max(4096) }).strict(),
    response: z.object({ file: z.string(), manifest: modelManifestSchema }),
  },
  /** Opens a dialog for the folder of a model or a Python file; null if the user closed it. */
  'model:choose-source-path': {
    request: z.object({ of: z.enum(['folder', 'module']) }).strict(),
    response: z.object({ path: z.string() }).nullable(),
  },
  /**
   * Inspects a model source, which takes seconds. A path in it must have come from a dialog. With `consent` the user has
   * read that it is code, and trusts its maker.
   */
  'model:inspect-source': {
    request: z.object({ model: z.string().min(1).max(8192), consent: z.boolean() }).strict(),
    response: z.object({ file: z.string(), manifest: modelManifestSchema }),
  },
  'images:choose-folder': {
    request: nothing,
    response: z.object({ folder: z.string(), imageCount: z.number().int() }).nullable(),
  },
  /** A folder with a model's weights (safetensors); null if the user closed the dialog. */
  'weights:choose-folder': { request: nothing, response: z.object({ folder: z.string() }).nullable() },
  'images:samples': {
    request: nothing,
    response: z.array(z.object({ file: z.string(), title: z.string(), author: z.string(), licence: z.string() })),
  },
  'plan:estimate': { request: z.object({ plan: planSchema }).strict(), response: planEstimateSchema },
  /** Starts nothing: the plan that it answers is started like any other. */
  'settle:propose': {
    request: z
      .object({ left: settledCaseSchema, right: settledCaseSchema, margin: marginOption.schema.removeDefault() })
      .strict(),
    response: settleProposalSchema,
  },
  'run:start': { request: z.object({ plan: planSchema }).strict(), response: z.object({ runId: keySchema }) },
  /** Continues a run that was interrupted, cancelled or failed; `bad-usage` if that is not possible. */
  'run:resume': { request: z.object({ runId: keySchema }).strict(), response: z.object({ runId: keySchema }) },
  /**
   * Measures further launches of the groups of a completed run in which a comparison is undecided, until all are decided
   * or the design has no further look; `bad-usage` if that is not possible.
   */
  'run:continue': { request: z.object({ runId: keySchema }).strict(), response: z.object({ runId: keySchema }) },
  'run:cancel': { request: z.object({ runId: keySchema }).strict(), response: nothing },
  'run:list': { request: nothing, response: z.array(runListEntrySchema) },
  'run:open': { request: z.object({ runId: keySchema }).strict(), response: runRecordSchema },
  'run:samples': {
    request: z.object({ runId: keySchema, groupKey: keySchema, caseKey: keySchema }).strict(),
    response: z.object({ blocks: z.array(sampleBlockSchema), tornLines: z.number().int() }),
  },
  /** The machine during the whole run, in time order; empty if nothing was stored. */
  'run:machine': {
    request: z.object({ runId: keySchema }).strict(),
    response: z.object({ points: z.array(machinePointSchema) }),
  },
  /** The events of the current run so far (for a window that reloads); null if there is none. */
  'run:current': {
    request: nothing,
    response: z.object({ runId: keySchema, events: z.array(runEventSchema) }).nullable(),
  },
  'run:open-folder': { request: nothing, response: z.object({ runId: keySchema }).nullable() },
  'run:remove': { request: z.object({ runId: keySchema }).strict(), response: removalSchema },
  /** Everything in the data folder that no list can show. */
  'unreadable:list': { request: nothing, response: z.array(unreadableEntrySchema) },
  /** Only what is in that list. */
  'unreadable:remove': { request: z.object({ path: z.string().max(4096) }).strict(), response: removalSchema },
  'removal:undo': { request: removalSchema, response: nothing },
  'report:preview': {
    request: z.object({ runId: keySchema, format: reportFormatSchema.exclude(['pdf']) }).strict(),
    response: z.object({ text: z.string() }),
  },
  /** Asks for a folder, writes, answers with the files; null if the user closed the dialog. */
  'report:export': {
    request: z.object({ runId: keySchema, formats: z.array(reportFormatSchema).min(1) }).strict(),
    response: z.object({ folder: z.string(), files: z.array(z.string()) }).nullable(),
  },
  /** Floors of this machine, newest first. */
  'noise-floor:list': { request: nothing, response: z.array(noiseFloorSchema) },
  /** One at a time; progress and the end arrive as events. */
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
  /** Finished comparisons are kept. */
  'noise-floor:cancel': { request: nothing, response: nothing },
  'settings:read': { request: nothing, response: settingsSchema },
  'settings:write': { request: settingsSchema, response: nothing },
} as const satisfies Record<string, { request: z.ZodType; response: z.ZodType }>

export const events = {
  /** At most 10 per second; the run's events since the last one, in order. */
  'run:progressed': z.object({ runId: keySchema, events: z.array(runEventSchema) }),
  'run:changed': z.object({ runId: keySchema, state: runStateSchema }),
  /** Records that came, went or changed on disk, mostly by the command line; empty if only unreadable ones did. */
  'runs:changed': z.object({ runIds: z.array(keySchema) }),
  'python:progressed': pythonProgressSchema,
  /** At most 10 per second; events since the last one, in order. */
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

/** How an answer crosses IPC: an expected failure keeps its message, a bug is reported without its stack. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: benchErrorSchema }),
])
export type Answer = z.infer<typeof answerSchema>

/** What the preload exposes as `window.enginebench`. */
export interface EnginebenchBridge {
  request<Name extends RequestName>(name: Name, payload: RequestOf<Name>): Promise<Answer>
  /** A file dropped on the window; the result is that of `model:open-dropped`. */
  openDropped(file: File): Promise<Answer>
  /** Returns the function that ends the subscription. */
  subscribe<Name extends EventName>(name: Name, listener: (payload: EventOf<Name>) => void): () => void
}
