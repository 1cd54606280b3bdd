// Whether a plan can be carried out, before anything is started: refusals stop it, warnings are shown. A named backend
// that cannot run here is a warning (its case is skipped and says why); a plan with only such backends is refused. Does
// not look at files or images.
import { type BackendId, type BackendStatus, backendLabels, backendRows, backendsWhere } from '../domain/backend.ts'
import { isTuned } from '../domain/backend-measuring.ts'
import type { BenchErrorRecord } from '../domain/bench-error.ts'
import { gpuOf } from '../domain/device.ts'
import type { Gpu } from '../domain/fingerprint.ts'
import { inputsOf, type ModelManifest } from '../domain/model.ts'
import type { InputValues } from '../domain/model-input.ts'
import { type Candidate, mostCasesOfPlan, type Plan, presetBudgets } from '../domain/plan.ts'
import { precisionLabel } from '../domain/precision.ts'
import { artifactRefusal, otherCardWarning, type PlannedArtifacts } from './check-artifact.ts'
import { candidateRefusal } from './check-candidate.ts'
import { deviceRefusal } from './check-device.ts'
import { passRefusals, passWarnings } from './check-passes.ts'
import { shapeRefusals } from './input-shapes.ts'
import { planRefusal } from './plan-refusal.ts'

export interface PlanCheck {
  readonly refusals: readonly BenchErrorRecord[]
  readonly warnings: readonly string[]
}

export type BackendStatuses = ReadonlyMap<BackendId, BackendStatus>

export function checkPlan(
  plan: Plan,
  manifest: ModelManifest,
  statuses: BackendStatuses,
  artifacts: PlannedArtifacts = new Map(),
  gpus: readonly Gpu[] = [],
): PlanCheck {
  const absent = deviceRefusal(plan.device, gpus)
  const refusals = [
    ...planSizeRefusals(plan),
    ...(absent === null ? [] : [absent]),
    ...batchRefusals(plan, manifest),
    ...sizeRefusals(plan, manifest),
    ...shapeRefusals(plan, manifest),
    ...manyInputRefusals(plan, manifest),
    ...plan.candidates.flatMap((candidate) => candidateRefusal(candidate, plan, manifest, statuses, gpus) ?? []),
    ...plan.candidates.flatMap((candidate) => artifactRefusal(candidate, plan, manifest, artifacts) ?? []),
    ...nothingRuns(plan, statuses),
    ...passRefusals(plan),
  ]
  return {
    refusals: distinct(refusals),
    warnings: [...warningsOf(plan, statuses), ...cardWarnings(plan, artifacts, gpus)],
  }
}

function planSizeRefusals({ candidates, batchSizes, preset }: Plan): readonly BenchErrorRecord[] {
  const inGroup = candidates.length + (presetBudgets[preset].withIdenticalPair ? 1 : 0)
  const cases = inGroup * new Set(batchSizes).size
  if (cases <= mostCasesOfPlan) return []
  return [
    planRefusal(
      'bad-usage',
      `The plan has ${cases} cases, and at most ${mostCasesOfPlan} are measured together.`,
      'Choose fewer candidates or batch sizes, or divide them among several runs.',
    ),
  ]
}

function batchRefusals({ batchSizes }: Plan, { name, optimizationProfile: profile }: ModelManifest) {
  const { min, max } = profile
  return batchSizes
    .filter((batchSize) => !Number.isInteger(batchSize) || batchSize < min || batchSize > max)
    .map((batchSize) =>
      planRefusal(
        'batch-outside-profile',
        `Batch ${batchSize} is outside what ${name} supports, ${min} to ${max}.`,
        `Choose batch sizes from ${min} to ${max}.`,
      ),
    )
}

function sizeRefusals({ inputSize }: Plan, { name, input }: ModelManifest): readonly BenchErrorRecord[] {
  if (inputSize === null || (inputSize === input.height && inputSize === input.width)) return []
  if (!input.dynamicSize) {
    const what = input.height === null ? 'no pictures' : `only images of ${input.height} × ${input.width} pixels`
    return [planRefusal('input-mismatch', `${name} takes ${what}.`, 'Remove the input size.')]
  }
  if (inputSize % input.sizeMultiple === 0) return []
  const nearest = Math.max(1, Math.round(inputSize / input.sizeMultiple)) * input.sizeMultiple
  return [
    planRefusal(
      'input-mismatch',
      `${name} takes image sizes that are multiples of ${input.sizeMultiple} pixels, and ${inputSize} is not.`,
      `Choose ${nearest}, or another multiple of ${input.sizeMultiple}.`,
    ),
  ]
}

/** A backend that feeds one float32 picture cannot feed a model whose inputs are listed. */
function manyInputRefusals({ candidates, inputValues }: Plan, manifest: ModelManifest): readonly BenchErrorRecord[] {
  const { name } = manifest
  const inputs = inputsOf(manifest)
  const isOnePicture = manifest.inputs === undefined && inputs.every((input) => isPicture(inputValues?.[input.name]))
  if (isOnePicture) return []
  const unable = [...new Set(candidates.map(({ backend }) => backend))].filter(
    (backend) => !backendRows[backend].feedsAnyInput,
  )
  return unable.map((backend) =>
    planRefusal(
      'bad-usage',
      `${backendLabels[backend]} feeds one float32 picture, and ${name} is fed ${inputs.map((input) => `${input.name} (${input.type})`).join(', ')}.`,
      `Choose from: ${backendsWhere(({ feedsAnyInput }) => feedsAnyInput).join(', ')}.`,
    ),
  )
}

function isPicture(values: InputValues | undefined): boolean {
  return values === undefined || values.kind === 'images'
}

function nothingRuns({ candidates }: Plan, statuses: BackendStatuses): readonly BenchErrorRecord[] {
  const stopped = candidates.map((candidate) => unavailability(candidate, statuses))
  const [first] = stopped
  if (first === undefined || first === null || stopped.includes(null)) return []
  return [planRefusal('backend-unavailable', `None of the backends can run here. ${first.reason}`, first.remedy)]
}

function warningsOf(plan: Plan, statuses: BackendStatuses): readonly string[] {
  const warnings = plan.candidates.flatMap((candidate) => {
    const stopped = unavailability(candidate, statuses)
    return stopped === null ? [] : [`${nameOf(candidate)} will be skipped: ${stopped.reason} ${stopped.remedy}`]
  })
  if (new Set(plan.batchSizes).size < plan.batchSizes.length)
    warnings.push('A batch size given twice is measured once.')
  if (plan.candidates.length === 1 && !presetBudgets[plan.preset].withIdenticalPair) {
    warnings.push('There is only one candidate: it will be measured but not compared.')
  }
  return [...new Set([...warnings, ...passWarnings(plan)])]
}

function cardWarnings({ candidates, device }: Plan, artifacts: PlannedArtifacts, gpus: readonly Gpu[]) {
  const card = gpuOf(device, gpus)
  if (card === null) return []
  const warnings = candidates.flatMap(({ artifact }) => otherCardWarning(artifacts.get(artifact ?? ''), card) ?? [])
  return [...new Set(warnings)]
}

/** Why its backend cannot run at all on this machine; null if it can. */
function unavailability({ backend }: Candidate, statuses: BackendStatuses): { reason: string; remedy: string } | null {
  const status = statuses.get(backend)
  if (status?.available === true) return null
  return {
    reason: status?.reason ?? `This version does not include ${backendLabels[backend]}.`,
    remedy: status?.remedy ?? 'Choose another backend.',
  }
}

function nameOf({ backend, precision, options }: Candidate): string {
  return `${backendLabels[backend]}${isTuned({ options }) ? ', tuned,' : ''} ${precisionLabel(precision)}`
}

function distinct(refusals: readonly BenchErrorRecord[]): readonly BenchErrorRecord[] {
  return [...new Map(refusals.map((refusal) => [refusal.message, refusal])).values()]
}
