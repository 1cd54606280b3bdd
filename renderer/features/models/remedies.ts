// A row's problem, and the buttons that help, the recommended one first. Every remedy is a recipe based on the row's
// own, so that cached steps are not repeated.

import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { BenchErrorCode } from '../../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import { transformsGraph } from '../../../shared/planning/recipe.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { worstFigures } from './parity-panel.tsx'
import { worstLayers } from './sensitivity-panel.tsx'
import { artifactOf, sensitivityOf, standingOf, type TrackRow } from './tracks.ts'

export type Fix =
  | { readonly kind: 'retry' | 'setup' | 'edit' | 'dismiss' | 'remove'; readonly label: string }
  | { readonly kind: 'rebuild'; readonly label: string; readonly change: (recipe: Recipe) => Recipe }

export interface Trouble {
  readonly message: string
  readonly remedy: string
  readonly code: BenchErrorCode | null
  readonly stage: string
  readonly cause: string | null
  readonly fixes: readonly Fix[]
  /** True if nothing went wrong: the user ended it. */
  readonly isOwnDoing?: boolean
}

const installable: readonly BenchErrorCode[] = [
  'backend-unavailable',
  'python-unavailable',
  'python-setup-failed',
  'licence-not-accepted',
]
const wrongRecipe: readonly BenchErrorCode[] = [
  'bad-recipe',
  'bad-profile',
  'batch-outside-profile',
  'no-calibration-images',
  'no-images',
  'no-readable-images',
  'unsupported-precision',
  'unsupported-operator',
  'mixed-precision',
  'precision-not-proved',
  'weights-unavailable',
]

export function troubleOf(
  row: TrackRow,
  manifest: ModelManifest | null,
  backends: readonly BackendStatus[],
): Trouble | null {
  const { conversion } = row
  const dismiss: Fix = { kind: 'dismiss', label: 'Dismiss' }
  if (conversion?.state === 'cancelled') {
    return {
      message: 'This conversion was cancelled.',
      remedy: 'Finished steps are kept; Retry continues from there.',
      code: null,
      stage: conversion.steps.find(({ state }) => state === 'cancelled')?.name ?? 'export',
      cause: null,
      fixes: [{ kind: 'retry', label: 'Retry' }, dismiss],
      isOwnDoing: true,
    }
  }
  if (standingOf(row) !== 'needs-you') return null
  if (conversion?.state === 'interrupted') {
    return {
      message: 'Enginebench closed before this conversion finished.',
      remedy: 'Finished steps are kept; it continues from there.',
      code: 'interrupted',
      stage: conversion.steps.find(({ state }) => state !== 'done' && state !== 'cached')?.name ?? 'export',
      cause: null,
      fixes: [{ kind: 'retry', label: 'Continue' }, dismiss],
    }
  }
  if (conversion?.state === 'failed') {
    const error = conversion.error
    const code = error?.code ?? null
    return {
      message: error?.message ?? 'The conversion failed.',
      remedy: error?.remedy ?? 'Check its log, then retry.',
      code,
      stage: error?.stage ?? 'build',
      cause: error?.cause ?? null,
      fixes: [...fixesOf(code), dismiss],
    }
  }
  const artifact = artifactOf(row)
  return artifact && troubleOfArtifact(row, artifact, manifest, bfloat16Builds(row, backends))
}

function fixesOf(code: BenchErrorCode | null): Fix[] {
  const retry: Fix = { kind: 'retry', label: 'Retry' }
  const edit: Fix = { kind: 'edit', label: 'Change the recipe' }
  if (code && installable.includes(code)) return [{ kind: 'setup', label: 'Open Setup' }, retry]
  return code && wrongRecipe.includes(code) ? [edit, retry] : [retry, edit]
}

function bfloat16Builds({ target }: TrackRow, backends: readonly BackendStatus[]): boolean {
  if (target === 'onnx') return true
  return backends.find(({ id }) => id === target)?.builder?.precisions.includes('bf16') ?? false
}

function troubleOfArtifact(
  row: TrackRow,
  artifact: Artifact,
  manifest: ModelManifest | null,
  canUseBfloat16: boolean,
): Trouble {
  const label = precisionLabel(artifact.precision)
  const remove: Fix = { kind: 'remove', label: 'Remove' }
  const proof = artifact.precisionProof
  if (proof?.holds === false) {
    return {
      message: `It does not match its label: ${proof.label}, not ${label}.`,
      remedy: `According to the ${proof.method}. It cannot be benchmarked as ${label}.`,
      code: 'precision-not-proved',
      stage: 'precision',
      cause: null,
      fixes: [{ kind: 'edit', label: 'Change the recipe' }, remove],
    }
  }
  const figures = worstFigures(artifact)
  const nonFinite = figures?.nonFiniteCount ?? 0
  return {
    message:
      nonFinite > 0
        ? `${countText(nonFinite)} of its outputs are NaN or infinite.`
        : `It does not agree with FP32 PyTorch: ${artifact.parity.reason}.`,
    remedy:
      nonFinite > 0 && artifact.precision === 'fp16'
        ? 'Values overflow FP16, whose largest value is 65,504.'
        : 'Its speed is not shown until it does.',
    code: null,
    stage: 'parity',
    cause: null,
    fixes: [...parityFixes(row, artifact, manifest, canUseBfloat16), remove],
  }
}

function parityFixes(
  row: TrackRow,
  artifact: Artifact,
  manifest: ModelManifest | null,
  canUseBfloat16: boolean,
): Fix[] {
  const inPrecision = (precision: 'bf16' | 'fp16' | 'fp32'): Fix => ({
    kind: 'rebuild',
    label: `Use ${precisionLabel(precision)} instead`,
    change: (recipe) => ({
      ...recipe,
      precision,
      elsewhere: null,
      calibration: null,
      sensitivity: false,
      keepNodes: [],
    }),
  })
  if (artifact.precision === 'int8') {
    // OpenVINO quantizes by itself, so no layer of the graph can be kept.
    if (!transformsGraph({ precision: 'int8', to: row.target })) return [inPrecision('fp16')]
    const worst = worstLayers(sensitivityOf(row), 3)
    const first: Fix =
      worst.length > 0
        ? {
            kind: 'rebuild',
            label: `Keep the worst ${worst.length} in higher precision, rebuild`,
            change: (recipe) => keepNodes(recipe, worst),
          }
        : {
            kind: 'rebuild',
            label: 'Find the layers responsible',
            change: (recipe) => ({ ...recipe, sensitivity: true }),
          }
    return [first, inPrecision('fp16')]
  }
  if (artifact.precision === 'fp8' || artifact.precision === 'int4-weights') return [inPrecision('fp16')]
  if (artifact.precision !== 'fp16') return [inPrecision('fp32')]
  const kept = new Set((artifact.keptInFp32 ?? []).map(({ operator }) => operator))
  const wanted = [...(manifest?.keepInFp32.map(({ operator }) => operator) ?? []), 'LayerNormalization', 'Softmax']
  const missing = [...new Set(wanted)].filter((operator) => !kept.has(operator))
  const keep: Fix[] =
    missing.length === 0
      ? []
      : [
          {
            kind: 'rebuild',
            label: `Keep ${missing.join(' and ')} in FP32, rebuild`,
            change: (recipe) => ({ ...recipe, keepOperators: [...new Set([...kept, ...missing])] }),
          },
        ]
  return [...keep, inPrecision(canUseBfloat16 ? 'bf16' : 'fp32')]
}

export function keepNodes(recipe: Recipe, names: readonly string[]): Recipe {
  return { ...recipe, keepNodes: [...new Set([...recipe.keepNodes, ...names])] }
}
