// The options of `run` that go beyond the preset's rounds: every defined pass, and the rule that adds rounds. Each pass
// has its own flag; its other options apply only together with that flag.
import { z } from 'zod'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import { type Plan, widthRuleOptions, widthRuleSchema } from '../../shared/domain/plan.ts'
import { passesSchema, passIds, passObstacle, passOf } from '../../shared/passes/index.ts'
import { doesNotApply, type OptionSet, type Typed } from './command.ts'

const apart = passIds.filter((id) => !passOf(id).isInAll).map((id) => `--${passOf(id).asks.flag}`)

const allPasses: Option = {
  flag: 'all-passes',
  valueName: null,
  schema: z.boolean().default(false),
  description: `Ask for all of these that can be measured on the device, except ${apart.join(', ')}, which needs its value`,
}

/** By their flags, in the order of `--help`. */
export const passOptions: OptionSet = Object.fromEntries(
  [
    ...passIds.flatMap((id) => [...new Set([passOf(id).asks, ...Object.values(passOf(id).fields)])]),
    allPasses,
    ...Object.values(widthRuleOptions),
  ].map((option) => [option.flag, asTyped(option)]),
)

/** If the flag needs a value, only the form uses the default. */
function asTyped(option: Option): Option {
  const { schema, valueName, valueMayBeLeftOut } = option
  const isNeeded = passIds.some((id) => passOf(id).asks === option) && valueName !== null && valueMayBeLeftOut !== true
  return isNeeded && schema instanceof z.ZodDefault ? { ...option, schema: z.optional(schema.removeDefault()) } : option
}

type PassTyped = Pick<Typed<typeof passOptions>, 'values' | 'given'>

/** Empty if no pass is requested. */
export function passesFrom(typed: PassTyped, device: Plan['device']): Pick<Plan, 'passes' | 'widthRule'> {
  const isAll = typed.given.has(allPasses.flag)
  const asked = passIds.filter((id) => {
    const { asks, isInAll } = passOf(id)
    return typed.given.has(asks.flag) || (isAll && isInAll && passObstacle(id, { device, backend: null }) === null)
  })
  const requests = asked.map((id) => [id, requestOf(typed, passOf(id).fields)])
  const hasRule = Object.values(widthRuleOptions).some(({ flag }) => typed.given.has(flag))
  return {
    ...(requests.length === 0 ? {} : { passes: passesSchema.parse(Object.fromEntries(requests)) }),
    ...(hasRule ? { widthRule: widthRuleSchema.parse(requestOf(typed, widthRuleOptions)) } : {}),
  }
}

/** A requested pass that cannot be measured on the device. */
export function passMisfits(typed: PassTyped, device: Plan['device']): readonly OptionFault[] {
  return passIds.flatMap((id) => {
    const obstacle = passObstacle(id, { device, backend: null })
    return obstacle === null ? [] : doesNotApply(typed, [passOf(id).asks], `to --device ${device}: ${obstacle}`)
  })
}

/** The values of all fields, with defaults for those left out; true if there are no fields. */
function requestOf({ values }: PassTyped, fields: OptionSet): Readonly<Record<string, unknown>> | true {
  const entries = Object.entries(fields).map(([key, { flag, schema }]) => {
    return [key, values[flag] ?? schema.parse(undefined)]
  })
  return entries.length === 0 ? true : Object.fromEntries(entries)
}
