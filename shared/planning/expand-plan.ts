// Expands a plan to groups, one per batch size; each holds the plan's candidates as cases that are compared with each
// other. Keys are stable: the same plan gives the same keys. Does not check whether anything can run (see
// check-plan.ts).

import { backendRows, backendsWhere } from '../domain/backend.ts'
import { isTuned } from '../domain/backend-measuring.ts'
import { deviceKey } from '../domain/device.ts'
import { keyOfCopy } from '../domain/key.ts'
import type { ModelManifest } from '../domain/model.ts'
import { type Candidate, type Plan, presetBudgets } from '../domain/plan.ts'
import { isCopyOf } from '../statistics/noise-floor.ts'
import { leadShape } from './input-shapes.ts'
import { combinedSeed } from './seeded-random.ts'

export interface PlannedCase {
  readonly caseKey: string
  readonly candidate: Candidate
}

export interface PlannedGroup {
  readonly groupKey: string
  readonly batchSize: number
  /** [batch, channels, height, width], or whatever else the model's `input` has. */
  readonly inputShape: readonly number[]
  readonly device: Plan['device']
  /** caseKey of the baseline. */
  readonly baseline: string
  /** Seed of the shuffled orders of this group. */
  readonly seed: number
  readonly cases: readonly PlannedCase[]
}

export function expandPlan(plan: Plan, manifest: ModelManifest): readonly PlannedGroup[] {
  const baseline = baselineCandidate(plan.candidates)
  const cases = keyedCases(withIdenticalPair(plan, baseline))
  const baselineKey = cases.find(({ candidate }) => candidate === baseline)?.caseKey ?? ''
  return [...new Set(plan.batchSizes)].map((batchSize, index) => ({
    groupKey: groupKeyOf(plan, manifest, batchSize),
    batchSize,
    inputShape: leadShape(plan, manifest, batchSize),
    device: plan.device,
    baseline: baselineKey,
    seed: combinedSeed([plan.seed, index]),
    cases,
  }))
}

const baselineOrder = backendsWhere(({ baselineRank }) => baselineRank !== null).toSorted(
  (left, right) => (backendRows[left].baselineRank ?? 0) - (backendRows[right].baselineRank ?? 0),
)

function baselineCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  const preferred = baselineOrder
    .map((backend) =>
      candidates.find((entry) => entry.backend === backend && entry.precision === 'fp32' && !isTuned(entry)),
    )
    .find((entry) => entry !== undefined)
  return preferred ?? candidates[0]
}

function withIdenticalPair({ candidates, preset }: Plan, baseline: Candidate | undefined): readonly Candidate[] {
  if (!presetBudgets[preset].withIdenticalPair || baseline === undefined) return candidates
  const paired = candidates.some((entry) => entry !== baseline && isCopyOf(entry, baseline))
  return paired ? candidates : [...candidates, { ...baseline }]
}

/**
 * `torch-eager-fp32`, `onnxruntime-fp32-tuned`, or `onnxruntime-fp16-1a2b3c4d` with a named artifact; a second one of the
 * same ends in `.2`.
 */
function keyedCases(candidates: readonly Candidate[]): readonly PlannedCase[] {
  const counts = new Map<string, number>()
  return candidates.map((candidate) => {
    const artifact = candidate.artifact === undefined ? '' : `-${candidate.artifact.slice(0, 8)}`
    const tuned = isTuned(candidate) ? '-tuned' : ''
    const name = `${candidate.backend}-${candidate.precision}${tuned}${artifact}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return { caseKey: keyOfCopy(name, count), candidate }
  })
}

/** A size of pictures, or the sizes that the plan states, are part of it. */
function groupKeyOf(
  { inputSize, shapes, device }: Plan,
  { id, input }: Pick<ModelManifest, 'id' | 'input'>,
  batchSize: number,
): string {
  const isDefaultSize = inputSize === null || (inputSize === input.height && inputSize === input.width)
  const stated = Object.values(shapes ?? {}).map((sizes) => `-${sizes.slice(1).join('x')}`)
  const size = `${isDefaultSize ? '' : `-${inputSize}px`}${stated.join('')}`
  return `${id}-b${batchSize}${size}${device === 'cpu' ? '' : `-${deviceKey(device)}`}`
}
