// The list of passes, in measuring order: a later one may use an earlier one's result. What a plan may ask for, what a
// record holds, and every general text about passes derive from it.
import { z } from 'zod'

import { type Figure, missing } from '../domain/figure.ts'
import { type Option, optionWords, readOption, toUserUnit } from '../domain/option.ts'
import { coldStartPass } from './cold-start.ts'
import { energyPass } from './energy.ts'
import { layersPass } from './layers.ts'
import { limitsPass } from './limits.ts'
import { offlinePass } from './offline.ts'
import type { PassDefinition, PassedCase, PassSetting } from './pass.ts'
import { serverPass } from './server.ts'
import { timeSplitPass } from './time-split.ts'

export const passes = {
  coldStart: coldStartPass,
  energy: energyPass,
  timeSplit: timeSplitPass,
  layers: layersPass,
  offline: offlinePass,
  server: serverPass,
  limits: limitsPass,
}
type Definitions = typeof passes
/** Its name in a plan. */
export type PassId = keyof Definitions
/** Its name in a case's record. */
export type PassField = Definitions[PassId]['field']

export const passIds = z.enum(Object.keys(passes) as [PassId, ...PassId[]]).options

export function passOf(id: PassId): PassDefinition<PassField> {
  return passes[id]
}

type RequestShape = { readonly [Id in PassId]: z.ZodOptional<Definitions[Id]['requestSchema']> }
type ResultShape = {
  readonly [Id in PassId as Definitions[Id]['field']]: z.ZodOptional<Definitions[Id]['resultSchema']>
}

export const passesSchema = z.object(
  Object.fromEntries(passIds.map((id) => [id, passOf(id).requestSchema.optional()])) as RequestShape,
)
export type Passes = z.infer<typeof passesSchema>

/** Fields of a case's record; each is absent if the plan did not ask for the pass. */
export const passResultShape = Object.fromEntries(
  passIds.map((id) => [passOf(id).field, passOf(id).resultSchema.optional()]),
) as ResultShape
const passResultsSchema = z.object(passResultShape)
/** The gross energy is a figure of every case, so it has its own field. */
export type PassResults = z.infer<typeof passResultsSchema> & { readonly energyJoulesPerImage?: Figure }

export function isAsked(requests: Passes, id: PassId): boolean {
  return requests[id] !== undefined && requests[id] !== false
}

/** The passes to measure: including those that a requested one needs. */
export function measuredPasses(requests: Passes): Passes {
  const asked = passIds.filter((id) => isAsked(requests, id))
  const along = asked.map((id) => passOf(id).takesAlong ?? {})
  return passesSchema.parse(Object.assign({}, ...along, ...asked.map((id) => ({ [id]: requests[id] }))))
}

/** The ids of a plan's passes in measuring order. */
export function idsOf(requests: Passes): readonly PassId[] {
  return passIds.filter((id) => isAsked(requests, id))
}

/** The request of a pass with its default numbers. */
export function usualRequest(id: PassId): Passes {
  const { fields } = passOf(id)
  const values = Object.entries(fields).map(([key, { schema }]) => [key, schema.parse(undefined)])
  return passesSchema.parse({ [id]: values.length === 0 ? true : Object.fromEntries(values) })
}

/** One number of a pass that is on, in the record's unit. */
export function withField(requests: Passes, id: PassId, key: string, value: number): Passes {
  const request = requests[id]
  return passesSchema.parse({ ...requests, [id]: typeof request === 'object' ? { ...request, [key]: value } : request })
}

export interface FieldOfPass {
  readonly id: PassId
  readonly key: string
  readonly option: Option
  /** In the record's unit; null if it has none. */
  readonly value: number | null
}

/** Every number of the passes that are on. */
export function fieldsOf(requests: Passes): readonly FieldOfPass[] {
  return idsOf(requests).flatMap((id) => {
    const request: Readonly<Record<string, unknown>> = Object(requests[id])
    return Object.entries(passOf(id).fields).map(([key, option]) => {
      const value = request[key]
      return { id, key, option, value: typeof value === 'number' ? value : null }
    })
  })
}

/** The command-line words that ask for the same: `--cold-start 5`. */
export function passWords(requests: Passes): readonly string[] {
  return idsOf(requests).flatMap((id) => {
    const { asks, fields } = passOf(id)
    return Object.keys(fields).length === 0 ? [`--${asks.flag}`] : optionWords(fields, Object(requests[id]))
  })
}

/** Faults that stop a plan: numbers out of range, and a pass's own refusals. */
export function passFaults(requests: Passes): readonly { readonly message: string; readonly remedy: string }[] {
  return idsOf(requests).flatMap((id) => {
    const outside = fieldsOf({ [id]: requests[id] }).flatMap(({ option, value }) => {
      if (value === null || option.schema.safeParse(value).success) return []
      const read = readOption(option, [String(toUserUnit(option, value))])
      return 'fault' in read ? [read.fault] : []
    })
    return outside.length > 0 ? outside : (passOf(id).refusals?.(requests[id]) ?? [])
  })
}

/** Why a pass cannot be measured there, a clause that follows a colon; null if it can. */
export function passObstacle(id: PassId, setting: PassSetting): string | null {
  return passOf(id).obstacle?.(setting) ?? null
}

/** Sentences for passes that no case of the plan can have. */
export function passObstacles(requests: Passes, settings: readonly PassSetting[]): readonly string[] {
  return idsOf(requests).flatMap((id) => {
    const obstacles = settings.map((setting) => passObstacle(id, setting))
    const [first] = obstacles
    if (typeof first !== 'string' || obstacles.includes(null)) return []
    return [`${passOf(id).title} will not be measured: ${first}.`]
  })
}

/** Estimated time of one case's passes, from its known latency. Ms. */
export function estimatePassesMs(requests: Passes, passed: PassedCase, setting: PassSetting): number {
  const measured = measuredPasses(requests)
  return idsOf(measured)
    .filter((id) => passObstacle(id, setting) === null)
    .reduce((sum, id) => sum + passOf(id).estimateMs(measured[id], passed), 0)
}

/** Placeholder for a missing result. */
export function notMeasuredResult(id: PassId, sentence: string): PassResults {
  const results = passResultsSchema.parse({ [passOf(id).field]: { notMeasured: sentence } })
  return id === 'energy' ? { ...results, energyJoulesPerImage: missing(sentence) } : results
}
