// Why an artifact cannot be had, in words for the user.
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'

export function unknownArtifact(name: string, known: readonly Artifact[]): BenchError {
  return refusal(
    'unknown-artifact',
    `There is no artifact «${name}».`,
    known.length === 0
      ? 'Nothing is converted yet: convert a model first.'
      : `Use the hash of one of these: ${known.slice(-8).map(named).join('; ')}.`,
  )
}

export function ambiguous(name: string, matching: readonly Artifact[]): BenchError {
  return refusal(
    'unknown-artifact',
    `«${name}» is the start of ${matching.length} hashes.`,
    `Write more of it: ${matching.map(named).join('; ')}.`,
  )
}

export function damaged(artifact: Artifact): BenchError {
  return refusal(
    'missing-artifact',
    `${named(artifact)} is damaged: its bytes are not those that were made.`,
    'Convert the model again; it is made afresh.',
  )
}

export function noRecipe(artifact: Artifact): BenchError {
  return refusal(
    'bad-recipe',
    `${named(artifact)} was not made by a recipe.`,
    'Choose an artifact that a conversion made.',
  )
}

export function inTheWay(file: string): BenchError {
  return refusal(
    'folder-not-empty',
    `${file} is there already.`,
    'Name a folder that is new or empty: nothing is written over.',
  )
}

function named({ sha256, modelId, precision, kind }: Artifact): string {
  return `${sha256.slice(0, 12)} (${modelId} ${precision} ${kind})`
}

function refusal(
  code: 'unknown-artifact' | 'missing-artifact' | 'bad-recipe' | 'folder-not-empty',
  message: string,
  remedy: string,
): BenchError {
  return new BenchError({ code, stage: 'store', message, remedy })
}
