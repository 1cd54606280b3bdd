import type { ConversionStep } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { recipeSteps } from '../../shared/planning/recipe.ts'

/** The steps of a conversion that is to begin, or to begin again: what was made is found, and not made again. */
export function waitingSteps(recipe: Recipe): ConversionStep[] {
  return recipeSteps(recipe).map((name) => ({
    name,
    state: 'waiting',
    artifactKey: null,
    elapsedMs: null,
    reason: null,
  }))
}
