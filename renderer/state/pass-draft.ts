// Which passes beside the rounds the plan asks for, and with what: each is on with its usual values, or off.
import type { Passes } from '../../shared/domain/passes.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import { usePlanDraft } from './plan-draft.ts'

export type PassName = keyof Passes

/** In the order in which they are measured. */
export const passNames: readonly PassName[] = [
  'coldStart',
  'energy',
  'timeSplit',
  'layers',
  'offline',
  'server',
  'limits',
]

/** What a pass begins with when it is switched on. */
const usualPasses = {
  coldStart: { launches: 5 },
  energy: { blockMs: 30_000 },
  timeSplit: { queries: 100 },
  layers: { queries: 20 },
  offline: { images: 1_000 },
  server: { latencyBoundMs: 50, percentile: 99, ratePerSecond: null, durationMs: 10_000 },
  limits: true,
} as const satisfies Required<Passes>

export function hasPass(plan: Plan, name: PassName): boolean {
  return plan.passes?.[name] !== undefined && plan.passes[name] !== false
}

export function togglePass(name: PassName): void {
  alter((plan) => (hasPass(plan, name) ? withPasses(plan, without(plan.passes ?? {}, name)) : addPass(plan, name)))
}

/** Of passes that are on. */
export function changePasses(change: Partial<Passes>): void {
  alter((plan) => withPasses(plan, { ...plan.passes, ...change }))
}

/** The plan of a run that is over, with one pass more. */
export function planAgainWith(plan: Plan, name: PassName): void {
  usePlanDraft.setState({ plan: hasPass(plan, name) ? plan : addPass(plan, name) })
}

/** Energy is read from a GPU's counter, so it leaves the plan with the GPU. */
export function chooseDevice(device: Plan['device']): void {
  alter((plan) => ({ ...(device === 'cpu' ? withPasses(plan, without(plan.passes ?? {}, 'energy')) : plan), device }))
}

export function changeWidthRule(rule: NonNullable<Plan['widthRule']> | null): void {
  alter(({ widthRule: _, ...plan }) => (rule ? { ...plan, widthRule: rule } : plan))
}

function addPass(plan: Plan, name: PassName): Plan {
  return withPasses(plan, { ...plan.passes, [name]: usualPasses[name] })
}

function alter(change: (plan: Plan) => Plan): void {
  usePlanDraft.setState(({ plan }) => ({ plan: plan && change(plan) }))
}

/** A plan without any pass has no `passes` at all. */
function withPasses({ passes: _, ...plan }: Plan, passes: Passes): Plan {
  return Object.keys(passes).length === 0 ? plan : { ...plan, passes }
}

function without(passes: Passes, name: PassName): Passes {
  return Object.fromEntries(Object.entries(passes).filter(([each]) => each !== name))
}
