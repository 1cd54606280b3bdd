// Which passes the plan asks for, with their numbers: each is on, initially with its defaults, or off.
import { type Plan, widthRuleOptions, widthRuleSchema } from '../../shared/domain/plan.ts'
import {
  isAsked,
  type Passes,
  type PassId,
  passIds,
  passObstacle,
  usualRequest,
  withField,
} from '../../shared/passes/index.ts'
import { usePlanDraft } from './plan-draft.ts'

export function hasPass({ passes = {} }: Plan, id: PassId): boolean {
  return isAsked(passes, id)
}

export function togglePass(id: PassId): void {
  alter((plan) => (hasPass(plan, id) ? withPasses(plan, without(plan.passes ?? {}, [id])) : addPass(plan, id)))
}

/** One number of a pass that is on, in the record's unit. */
export function changePassField(id: PassId, key: string, value: number): void {
  alter((plan) => withPasses(plan, withField(plan.passes ?? {}, id, key, value)))
}

/** The plan of a finished run, with one pass added. */
export function planAgainWith(plan: Plan, id: PassId): void {
  usePlanDraft.setState({ plan: hasPass(plan, id) ? plan : addPass(plan, id) })
}

/** Removes passes that the device cannot measure from the plan. */
export function chooseDevice(device: Plan['device']): void {
  const impossible = passIds.filter((id) => passObstacle(id, { device, backend: null }) !== null)
  alter((plan) => ({ ...withPasses(plan, without(plan.passes ?? {}, impossible)), device }))
}

export const usualWidthRule = widthRuleSchema.parse({
  halfWidth: widthRuleOptions.halfWidth.schema.parse(undefined),
  budgetMs: widthRuleOptions.budgetMs.schema.parse(undefined),
})

export function changeWidthRule(rule: NonNullable<Plan['widthRule']> | null): void {
  alter(({ widthRule: _, ...plan }) => (rule ? { ...plan, widthRule: rule } : plan))
}

function addPass(plan: Plan, id: PassId): Plan {
  return withPasses(plan, { ...plan.passes, ...usualRequest(id) })
}

function alter(change: (plan: Plan) => Plan): void {
  usePlanDraft.setState(({ plan }) => ({ plan: plan && change(plan) }))
}

/** A plan without any pass has no `passes` at all. */
function withPasses({ passes: _, ...plan }: Plan, passes: Passes): Plan {
  return Object.keys(passes).length === 0 ? plan : { ...plan, passes }
}

function without(passes: Passes, ids: readonly PassId[]): Passes {
  return Object.fromEntries(Object.entries(passes).filter(([each]) => !ids.some((id) => id === each)))
}
