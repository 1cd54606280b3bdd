// Why a candidate cannot run the artifact that it names; null if it can, or names none. Batch and size are checked
// against what the artifact was built for, which may be less than the model supports.
import { type Artifact, isOfTestBuilder, readersOf } from '../domain/artifact.ts'
import { backendLabels } from '../domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../domain/bench-error.ts'
import type { Gpu } from '../domain/fingerprint.ts'
import type { ModelManifest } from '../domain/model.ts'
import type { Candidate, Plan } from '../domain/plan.ts'
import { precisionLabel } from '../domain/precision.ts'
import type { OptimizationRange } from '../domain/recipe.ts'
import { planRefusal } from './plan-refusal.ts'

/** By sha256, as the plan's candidates name them; an error takes the place of one that was not found. */
export type PlannedArtifacts = ReadonlyMap<string, Artifact | BenchError>

export function artifactRefusal(
  candidate: Candidate,
  plan: Pick<Plan, 'batchSizes' | 'inputSize'>,
  manifest: ModelManifest,
  artifacts: PlannedArtifacts,
): BenchErrorRecord | null {
  if (candidate.artifact === undefined) return null
  const found = artifacts.get(candidate.artifact)
  if (found instanceof BenchError) return { ...found.record, stage: 'plan' }
  if (found === undefined) return unknown(candidate.artifact)
  return (
    readingRefusal(candidate, found) ??
    claimRefusal(candidate, found, manifest) ??
    batchRefusal(plan, found) ??
    sizeRefusal(plan, manifest, found)
  )
}

/** `engine 1a2b3c4d`, as shown in lists. */
function artifactName({ kind, sha256 }: Pick<Artifact, 'kind' | 'sha256'>): string {
  return `${kind} ${sha256.slice(0, 8)}`
}

function readingRefusal({ backend }: Candidate, artifact: Artifact): BenchErrorRecord | null {
  const readers = readersOf(artifact)
  if (readers.includes(backend)) return null
  const message = `${backendLabels[backend]} does not read ${artifactName(artifact)}.`
  if (isOfTestBuilder(artifact)) {
    const why = 'The test builder made it, and what that makes is never measured under the name of another library.'
    return planRefusal('backend-unavailable', `${message} ${why}`, 'Build the engine where TensorRT is installed.')
  }
  return planRefusal('bad-usage', message, `Choose from: ${readers.join(', ')}.`)
}

function claimRefusal({ precision }: Candidate, artifact: Artifact, manifest: ModelManifest): BenchErrorRecord | null {
  const name = artifactName(artifact)
  if (artifact.modelId !== manifest.id) {
    return planRefusal(
      'bad-usage',
      `${name} is of the model ${artifact.modelId}, not of ${manifest.name}.`,
      `Choose the model ${artifact.modelId}, or an artifact of ${manifest.id}.`,
    )
  }
  if (artifact.precision !== precision) {
    return planRefusal(
      'bad-usage',
      `${name} is ${precisionLabel(artifact.precision)}, not ${precisionLabel(precision)}.`,
      `Run it as ${artifact.precision}.`,
    )
  }
  if (artifact.precisionProof?.holds !== false) return null
  return planRefusal(
    'precision-not-proved',
    `${name} is not proved to be ${precisionLabel(precision)}: it is ${artifact.precisionProof.label}.`,
    'Convert the model again, or run it in a precision whose proof holds.',
  )
}

function batchRefusal({ batchSizes }: Pick<Plan, 'batchSizes'>, artifact: Artifact): BenchErrorRecord | null {
  const { batch } = artifact
  if (batch === undefined || batch === null) return null
  const outside = batchSizes.filter((size) => !isWithin(size, batch))
  if (outside.length === 0) return null
  return planRefusal(
    'batch-outside-profile',
    `Batch ${outside.join(', ')} is outside what ${artifactName(artifact)} was built for, ${batch.min} to ${batch.max}.`,
    `Choose batch sizes from ${batch.min} to ${batch.max}, or build it for more.`,
  )
}

function sizeRefusal(
  { inputSize }: Pick<Plan, 'inputSize'>,
  { input }: ModelManifest,
  artifact: Artifact,
): BenchErrorRecord | null {
  const { size } = artifact
  if (size === undefined || size === null) return null
  const asked = inputSize === null ? [input.height, input.width] : [inputSize]
  if (asked.every((pixels) => pixels === null || isWithin(pixels, size))) return null
  return planRefusal(
    'input-mismatch',
    `${asked.join(' × ')} pixels are outside what ${artifactName(artifact)} was built for, ${size.min} to ${size.max}.`,
    `Choose an input size from ${size.min} to ${size.max}, or build it for more.`,
  )
}

/** An engine that was built on another model of card: it may be refused when it is opened, or be slower. */
export function otherCardWarning(artifact: Artifact | BenchError | undefined, card: Gpu): string | null {
  if (artifact === undefined || artifact instanceof BenchError || !artifact.card) return null
  if (artifact.card.uuid === card.uuid || artifact.card.name === card.name) return null
  return `${artifactName(artifact)} was built on ${artifact.card.name}, and this plan runs it on ${card.name}: it may be refused there, or be slower than one that is built there.`
}

function isWithin(value: number, { min, max }: OptimizationRange): boolean {
  return value >= min && value <= max
}

function unknown(sha256: string): BenchErrorRecord {
  return planRefusal(
    'unknown-artifact',
    `Artifact ${sha256.slice(0, 8)} was not found.`,
    'Choose one that `enginebench artifacts` lists.',
  )
}
