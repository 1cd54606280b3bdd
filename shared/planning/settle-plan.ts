// Measuring two cases again, side by side: the plan of one run that holds both, why that is not possible here, and how many
// launches it takes. A case is named by a run that measured it, or by what it runs. Pure.
import { type BackendId, type BackendStatus, backendLabels } from '../domain/backend.ts'
import { isSameMachine, type Machine } from '../domain/fingerprint.ts'
import type { Option } from '../domain/option.ts'
import { type Candidate, marginOption, type Plan } from '../domain/plan.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../domain/run.ts'
import { isCopyOf } from '../statistics/noise-floor.ts'
import { launchesToResolve, resolvableMargin, sequentialDesign } from '../statistics/sequential.ts'

export const resolveOption = {
  ...marginOption,
  flag: 'resolve',
  description: 'Smallest difference to tell: up to this size the two count as the same, and a winner differs by more',
} satisfies Option

export type SettleInputs = Pick<
  Plan,
  | 'model'
  | 'imageFolder'
  | 'imageLimit'
  | 'inputSize'
  | 'shapes'
  | 'inputValues'
  | 'weights'
  | 'device'
  | 'threads'
  | 'opset'
  | 'seed'
>

/** One of the two. */
export interface SettleSide {
  readonly candidate: Candidate
  readonly batchSize: number
  readonly inputs: SettleInputs
  /** Where it was measured before; null if it was named without a run. */
  readonly recorded: {
    readonly record: Pick<RunRecord, 'runId' | 'fingerprint' | 'simulated'>
    readonly entry: Pick<CaseRecord, 'caseKey' | 'backend' | 'versions' | 'artifactSha256' | 'latencyMs'>
  } | null
}

export function sideOfRun(record: RunRecord, group: GroupRecord, entry: CaseRecord): SettleSide {
  const { model, imageFolder, imageLimit, inputSize, weights, device, threads, opset, seed } = record.plan
  const { shapes, inputValues } = record.plan
  const { backend, precision, options, artifact } = entry
  return {
    candidate: { backend, precision, options, ...(artifact && { artifact: artifact.sha256 }) },
    batchSize: group.batchSize,
    inputs: {
      ...{ model, imageFolder, imageLimit, inputSize, weights, device, threads, opset, seed },
      ...(shapes && { shapes }),
      ...(inputValues && { inputValues }),
    },
    recorded: { record, entry },
  }
}

export interface Surroundings {
  readonly machine: Machine
  readonly statuses: ReadonlyMap<BackendId, Pick<BackendStatus, 'version'>>
}

/** Why the two cannot be measured again here, side by side; empty if they can. Sentences. */
export function settleObstacles(
  left: SettleSide,
  right: SettleSide,
  { machine, statuses }: Surroundings,
): readonly string[] {
  const differing: readonly (readonly [what: string, of: (side: SettleSide) => unknown])[] = [
    ['model', ({ inputs }) => inputs.model],
    ['batch size', ({ batchSize }) => batchSize],
    ['device', ({ inputs }) => inputs.device],
    ['input size', ({ inputs }) => inputs.inputSize],
    ['set of input shapes', ({ inputs }) => JSON.stringify(inputs.shapes ?? null)],
    ['set of input values', ({ inputs }) => JSON.stringify(inputs.inputValues ?? null)],
    ['number of threads', ({ inputs }) => inputs.threads],
    ['kind of weights', ({ inputs }) => JSON.stringify(inputs.weights)],
  ]
  return [
    ...differing
      .filter(([, of]) => of(left) !== of(right))
      .map(([what, of]) => `They do not have one ${what}: ${String(of(left))} and ${String(of(right))}.`),
    ...new Set([left, right].flatMap((side) => machineObstacle(side, machine))),
    ...versionObstacle(left, right, statuses),
    ...fileObstacle(left, right),
  ]
}

/** A run finds or exports the file of a candidate that names no artifact, and it is one file for both. */
function fileObstacle(left: SettleSide, right: SettleSide): readonly string[] {
  const files = [left, right].flatMap(({ recorded }) => recorded?.entry.artifactSha256?.slice(0, 8) ?? [])
  if (!isCopyOf(left.candidate, right.candidate) || new Set(files).size < 2) return []
  return [`They ran two files (${files.join(' and ')}) that are not kept as artifacts.`]
}

function machineObstacle({ recorded }: SettleSide, machine: Machine): readonly string[] {
  if (recorded === null || recorded.record.simulated) return []
  const { runId, fingerprint } = recorded.record
  if (isSameMachine(fingerprint.machine, machine)) return []
  const { cpuModel, gpus } = fingerprint.machine
  const name = gpus[0]?.name ?? cpuModel
  return [`${runId} was measured on another machine (${name}).`]
}

/** Two versions of one engine cannot be measured side by side here: only one is installed. */
function versionObstacle(left: SettleSide, right: SettleSide, statuses: Surroundings['statuses']): readonly string[] {
  const [then, now] = [left.recorded?.entry, right.recorded?.entry]
  if (then === undefined || now === undefined || then.backend !== now.backend) return []
  const changed = Object.keys(now.versions).filter(
    (name) => then.versions[name] !== now.versions[name] && name in then.versions,
  )
  if (changed.length === 0) return []
  const words = changed.map((name) => `${name} ${then.versions[name]} and ${now.versions[name]}`).join(', ')
  const version = statuses.get(now.backend)?.version ?? null
  const installed = version === null ? '' : `; ${version} is installed here`
  return [`They ran with other versions of ${backendLabels[now.backend]}: ${words}${installed}.`]
}

/** What is different from the runs in which the cases were measured. Sentences. */
export function settleNotes({ recorded }: SettleSide, { statuses }: Surroundings): readonly string[] {
  if (recorded === null) return []
  const { record, entry } = recorded
  const version = statuses.get(entry.backend)?.version ?? null
  const known = Object.values(entry.versions)
  if (version === null || known.length === 0 || known.includes(version)) return []
  const then = Object.entries(entry.versions).map(([name, value]) => `${name} ${value}`)
  return [`${backendLabels[entry.backend]} is ${version} here now; ${record.runId} ran with ${then.join(', ')}.`]
}

/**
 * Both cases in one run of the ordinary protocol, up to its last look.
 * @param budgetMs of the launches; null for as long as they take.
 */
export function settlePlan(left: SettleSide, right: SettleSide, margin: number, budgetMs: number | null): Plan {
  return {
    ...left.inputs,
    candidates: [left.candidate, right.candidate],
    batchSizes: [left.batchSize],
    preset: 'standard',
    margin,
    budget: { mostLaunches: sequentialDesign.looks.at(-1), budgetMs: budgetMs ?? longestBudgetMs },
  }
}

const longestBudgetMs = 86_400_000

export interface LaunchForecast {
  /** Until two that are equally fast are called the same; null if this is not known. */
  readonly launches: number | null
  /** Smallest difference that all launches together can tell here; null if it is not known. */
  readonly resolvable: number | null
}

/** By this machine's noise floor: the 95th percentile of |ratio - 1| of single launches; null if it was not measured. */
export function launchForecast(margin: number, noiseFloor: number | null): LaunchForecast {
  if (noiseFloor === null) return { launches: null, resolvable: null }
  const spread = noiseFloor / quantileOfNormal95
  return { launches: launchesToResolve(margin, spread), resolvable: resolvableMargin(spread) }
}

/** A normal value stays within so many standard deviations with 95 %. */
const quantileOfNormal95 = 1.959964
