// The plan being edited on the Benchmark screen. Starts as the last plan, or as the demonstration that works on every
// machine.
import { skipToken, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import { type Artifact, readersOf } from '../../shared/domain/artifact.ts'
import { type BackendId, defaultBackends } from '../../shared/domain/backend.ts'
import { hasTuned, isPairedByDefault, isTuned, tunedOptions } from '../../shared/domain/backend-measuring.ts'
import { type ModelManifest, ownPrecision } from '../../shared/domain/model.ts'
import type { Candidate, Plan } from '../../shared/domain/plan.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { joiningCandidates } from '../../shared/planning/joining-candidates.ts'
import { request } from '../api.ts'
import { readAppDescription, useSettings } from './application.ts'

export const demonstrationModel = 'digits'
const allImages = 4_096
const fewImages = 64

export function demonstrationPlan(threads: number): Plan {
  return {
    model: demonstrationModel,
    candidates: (['fp32', 'fp16', 'int8'] as const).map((precision) => ({
      backend: 'onnxruntime-node',
      precision,
      options: {},
    })),
    batchSizes: [1, 8],
    imageFolder: null,
    imageLimit: allImages,
    inputSize: null,
    weights: { kind: 'auto' },
    device: 'cpu',
    threads,
    opset: null,
    preset: 'quick',
    seed: 1,
  }
}

export const usePlanDraft = create<{ readonly plan: Plan | null }>(() => ({ plan: null }))

/** Another screen may plan a benchmark before the Benchmark screen was ever shown: there must be a plan to change. */
export async function beginPlan(): Promise<void> {
  if (usePlanDraft.getState().plan) return
  const { recommendedThreads } = await readAppDescription()
  usePlanDraft.setState({ plan: useSettings.getState().settings.lastPlan ?? demonstrationPlan(recommendedThreads) })
}

export function changePlan(change: Partial<Plan>): void {
  usePlanDraft.setState(({ plan }) => ({ plan: plan && { ...plan, ...change } }))
}

/** For another model: sets its own batch sizes, image count and candidates; machine choices stay. */
export function chooseModel(model: string, manifest: ModelManifest, ready: readonly BackendId[]): void {
  const backends = ready.filter((id) => manifest.backends.includes(id) && defaultBackends.has(id))
  const precision = ownPrecision(manifest) ?? 'fp32'
  // Others lower an FP32 file themselves.
  const able = precision === 'fp32' ? backends : backends.filter((id) => id.startsWith('onnxruntime'))
  const candidates = able.flatMap((backend) => joiningCandidates({ backend, precision }))
  const batchSizes = [1, 8].filter((size) => isInProfile(manifest, size))
  usePlanDraft.setState(({ plan }) => ({ plan: plan && withoutInputs(plan) }))
  changePlan({
    model,
    candidates: model === demonstrationModel ? demonstrationPlan(1).candidates : candidates,
    batchSizes: batchSizes.length > 0 ? batchSizes : [manifest.optimizationProfile.opt],
    imageFolder: null,
    imageLimit: manifest.evaluation ? allImages : fewImages,
    inputSize: null,
    weights: { kind: 'auto' },
    opset: null,
  })
}

/** Shapes and values are those of one model's inputs. */
function withoutInputs({ shapes: _, inputValues: __, ...plan }: Plan): Plan {
  return plan
}

export function isInProfile(manifest: ModelManifest, batchSize: number): boolean {
  return batchSize >= manifest.optimizationProfile.min && batchSize <= manifest.optimizationProfile.max
}

export function hasCandidate(plan: Plan, backend: BackendId, precision: Precision): boolean {
  return plan.candidates.some((each) => isPlain(each) && each.backend === backend && each.precision === precision)
}

/** As shipped and not tied to an artifact: the run finds or exports what it needs. */
function isPlain(candidate: Candidate): boolean {
  return candidate.artifact === undefined && !isTuned(candidate)
}

export function toggleCandidate(backend: BackendId, precision: Precision): void {
  const { plan } = usePlanDraft.getState()
  if (!plan) return
  const others = plan.candidates.filter(
    (each) => each.artifact !== undefined || each.backend !== backend || each.precision !== precision,
  )
  const removed = others.length < plan.candidates.length
  const isNew = plan.candidates.every((each) => each.backend !== backend)
  const inPair = hasTunedCandidate(plan, backend) || (isNew && isPairedByDefault(backend))
  const candidates = joiningCandidates({ backend, precision }, inPair)
  changePlan({ candidates: removed ? others : [...plan.candidates, ...candidates] })
}

export function hasTunedCandidate(plan: Plan, backend: BackendId): boolean {
  return plan.candidates.some((each) => each.backend === backend && isTuned(each))
}

/** Whether the form can offer this backend tuned beside as shipped. */
export function canBeTuned(plan: Plan, backend: BackendId): boolean {
  return hasTuned(backend, plan.device) && plan.candidates.some((each) => each.backend === backend && isPlain(each))
}

/** Adds a tuned candidate for each of the backend's precisions, or removes them. */
export function toggleTuned(backend: BackendId): void {
  const { plan } = usePlanDraft.getState()
  if (!plan) return
  const others = plan.candidates.filter((each) => each.backend !== backend || !isTuned(each))
  const removed = others.length < plan.candidates.length
  const candidates = plan.candidates.flatMap((each) =>
    each.backend === backend && isPlain(each) ? [each, { ...each, options: tunedOptions(true) }] : [each],
  )
  changePlan({ candidates: removed ? others : candidates })
}

export function removeCandidate(candidate: Candidate): void {
  usePlanDraft.setState(({ plan }) => ({
    plan: plan && { ...plan, candidates: plan.candidates.filter((each) => each !== candidate) },
  }))
}

/**
 * Plans a benchmark of one artifact on every backend here that reads it, with PyTorch as the baseline. Returns false
 * and plans nothing if no backend reads it.
 */
export function benchmarkArtifact(
  model: string,
  manifest: ModelManifest,
  artifact: Artifact,
  available: readonly BackendId[],
): boolean {
  const readers = readersOf(artifact).filter((id) => available.includes(id))
  if (readers.length === 0) return false
  chooseModel(model, manifest, available)
  const baseline = available.includes('torch-eager') && manifest.backends.includes('torch-eager')
  const { precision, sha256 } = artifact
  changePlan({
    candidates: [
      ...(baseline ? [{ backend: 'torch-eager' as const, precision: 'fp32' as const, options: {} }] : []),
      ...readers.flatMap((backend) => joiningCandidates({ backend, precision, artifact: sha256 })),
    ],
  })
  return true
}

export function toggleBatchSize(batchSize: number): void {
  const { plan } = usePlanDraft.getState()
  if (!plan) return
  const others = plan.batchSizes.filter((each) => each !== batchSize)
  const next = others.length < plan.batchSizes.length ? others : [...others, batchSize]
  changePlan({ batchSizes: next.sort((a, b) => a - b) })
}

/**
 * The estimated duration and why the plan cannot start; not requested while the plan has no candidate or no batch size.
 */
export function useEstimate(plan: Plan | null) {
  return useQuery({
    queryKey: ['estimate', plan],
    queryFn:
      plan && plan.candidates.length > 0 && plan.batchSizes.length > 0
        ? () => request('plan:estimate', { plan })
        : skipToken,
    placeholderData: (previous) => previous,
    staleTime: 30_000,
  })
}

export async function chooseImageFolder(): Promise<number | null> {
  const chosen = await request('images:choose-folder', {})
  if (chosen) changePlan({ imageFolder: chosen.folder })
  return chosen?.imageCount ?? null
}

export async function chooseWeightsFolder(): Promise<void> {
  const chosen = await request('weights:choose-folder', {})
  if (chosen) changePlan({ weights: { kind: 'folder', folder: chosen.folder } })
}
