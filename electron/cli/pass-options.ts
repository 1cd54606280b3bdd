// The options of `run` that ask for more than the preset's rounds: extra measurements ("passes"), and a rule that adds
// rounds. A pass is asked for by its own flag; its other options only apply with that one.
import { z } from 'zod'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import { type Passes, passesSchema } from '../../shared/domain/passes.ts'
import { type Plan, widthRuleSchema } from '../../shared/domain/plan.ts'
import { servingRequestSchema } from '../../shared/domain/serving.ts'
import { doesNotApply, type OptionSet, type Typed } from './command.ts'

interface PassOptions {
  readonly asks: Option
  /** By the request's keys. None where the request is `true`. */
  readonly fields: OptionSet
  /** Whether `--all-passes` asks for it. */
  readonly isInAll: boolean
}

const { coldStart, energy, timeSplit, layers, offline } = passesSchema.shape
const launches: Option = {
  flag: 'cold-start',
  valueName: 'count',
  valueMayBeLeftOut: true,
  schema: coldStart.unwrap().shape.launches.default(5),
  description: 'Time this many fresh processes from start to first answer',
}
const blockMs: Option = {
  flag: 'energy',
  valueName: 'seconds',
  valueMayBeLeftOut: true,
  schema: energy.unwrap().shape.blockMs.default(30_000),
  unitFactor: 1000,
  description: 'Measure the energy of an image over one uninterrupted block, on a GPU',
}
const splitQueries: Option = {
  flag: 'split',
  valueName: 'queries',
  valueMayBeLeftOut: true,
  schema: timeSplit.unwrap().shape.queries.default(100),
  description: 'Measure where the time of a query goes',
}
const layerQueries: Option = {
  flag: 'layers',
  valueName: 'queries',
  valueMayBeLeftOut: true,
  schema: layers.unwrap().shape.queries.default(20),
  description: 'Measure the time of each layer, where the backend reports it',
}
const images: Option = {
  flag: 'offline',
  valueName: 'images',
  valueMayBeLeftOut: true,
  schema: offline.unwrap().shape.images.default(1000),
  description: 'Process all images at once, as fast as possible',
}
const server = {
  latencyBoundMs: {
    flag: 'server-bound',
    valueName: 'ms',
    schema: servingRequestSchema.shape.latencyBoundMs.default(50),
    description: 'Send queries at random times and find the highest rate that keeps this latency',
  },
  percentile: {
    flag: 'server-percentile',
    valueName: 'percent',
    schema: servingRequestSchema.shape.percentile.default(99),
    description: 'Share of the queries that must keep the latency',
    goesWith: 'server-bound',
  },
  ratePerSecond: {
    flag: 'server-rate',
    valueName: 'per-second',
    schema: servingRequestSchema.shape.ratePerSecond.default(null),
    description: 'Send queries at this mean rate instead of searching for the highest',
    goesWith: 'server-bound',
  },
  durationMs: {
    flag: 'server-duration',
    valueName: 'seconds',
    schema: servingRequestSchema.shape.durationMs.default(10_000),
    unitFactor: 1000,
    description: 'Minimum time of each trial',
    goesWith: 'server-bound',
  },
} as const satisfies OptionSet
const limits: Option = {
  flag: 'limits',
  valueName: null,
  schema: z.boolean(),
  description: 'Measure how near each case comes to what the device can do (needs Python)',
}

const passes: Readonly<Record<keyof Passes, PassOptions>> = {
  coldStart: { asks: launches, fields: { launches }, isInAll: true },
  energy: { asks: blockMs, fields: { blockMs }, isInAll: true },
  timeSplit: { asks: splitQueries, fields: { queries: splitQueries }, isInAll: true },
  layers: { asks: layerQueries, fields: { queries: layerQueries }, isInAll: true },
  offline: { asks: images, fields: { images }, isInAll: true },
  server: { asks: server.latencyBoundMs, fields: server, isInAll: false },
  limits: { asks: limits, fields: {}, isInAll: true },
}
const everyPass = Object.entries(passes)

const allPasses: Option = {
  flag: 'all-passes',
  valueName: null,
  schema: z.boolean().default(false),
  description: 'Ask for all of these that can be measured on the device, except --server-bound, which needs its value',
}

const widthRule = {
  halfWidth: {
    flag: 'half-width',
    valueName: 'percent',
    schema: widthRuleSchema.shape.halfWidth.default(0.02),
    unitFactor: 0.01,
    description: 'Add rounds until the interval of every speedup reaches no further than this on either side',
  },
  budgetMs: {
    flag: 'budget',
    valueName: 'minutes',
    schema: widthRuleSchema.shape.budgetMs.default(600_000),
    unitFactor: 60_000,
    description: 'Maximum time for added rounds',
  },
} as const satisfies OptionSet

/** By their flags, in the order of `--help`. */
export const passOptions: OptionSet = Object.fromEntries(
  [
    ...everyPass.flatMap(([, { asks, fields }]) => [...new Set([asks, ...Object.values(fields)])]),
    allPasses,
    ...Object.values(widthRule),
  ].map((option) => [option.flag, asTyped(option)]),
)

/** Where the flag needs its value, the default is only the form's. */
function asTyped(option: Option): Option {
  const { schema, valueName, valueMayBeLeftOut } = option
  const isNeeded = everyPass.some(([, { asks }]) => asks === option) && valueName !== null && valueMayBeLeftOut !== true
  return isNeeded && schema instanceof z.ZodDefault ? { ...option, schema: z.optional(schema.removeDefault()) } : option
}

type PassTyped = Pick<Typed<typeof passOptions>, 'values' | 'given'>

/** Empty where nothing is asked for. */
export function passesFrom(typed: PassTyped, device: Plan['device']): Pick<Plan, 'passes' | 'widthRule'> {
  const isAll = typed.given.has(allPasses.flag)
  const asked = everyPass.filter(([id, { asks, isInAll }]) => {
    return typed.given.has(asks.flag) || (isAll && isInAll && obstacleOf(id, device) === null)
  })
  const requests = asked.map(([id, { fields }]) => [id, requestOf(typed, fields)])
  const hasRule = Object.values(widthRule).some(({ flag }) => typed.given.has(flag))
  return {
    ...(requests.length === 0 ? {} : { passes: passesSchema.parse(Object.fromEntries(requests)) }),
    ...(hasRule ? { widthRule: widthRuleSchema.parse(requestOf(typed, widthRule)) } : {}),
  }
}

/** A pass that was named and cannot be measured on the device. */
export function passMisfits(typed: PassTyped, device: Plan['device']): readonly OptionFault[] {
  return everyPass.flatMap(([id, { asks }]) => {
    const obstacle = obstacleOf(id, device)
    return obstacle === null ? [] : doesNotApply(typed, [asks], `to --device ${device}: ${obstacle}`)
  })
}

/** The values of all fields, default ones where they are left out; true where there are none. */
function requestOf({ values }: PassTyped, fields: OptionSet): Readonly<Record<string, unknown>> | true {
  const entries = Object.entries(fields).map(([key, { flag, schema }]) => {
    return [key, values[flag] ?? schema.parse(undefined)]
  })
  return entries.length === 0 ? true : Object.fromEntries(entries)
}

/** Why it cannot be measured there; null where it can. */
function obstacleOf(id: string, device: Plan['device']): string | null {
  return id === 'energy' && device === 'cpu' ? "only the energy counter of a GPU's board is read" : null
}
