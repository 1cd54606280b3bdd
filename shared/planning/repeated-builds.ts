// The same recipe built several times, each a build of its own: builders choose by timing, so two builds of one model
// may differ in speed. No build is taken from the cache, and none starts from another's timings.
import type { Recipe } from '../domain/recipe.ts'

/** @param first number of the first build; the next free one, so that none is found already made. */
export function repeatedBuilds(recipe: Recipe, first: number, count: number): readonly Recipe[] {
  const engine = recipe.engine === null ? null : { ...recipe.engine, timingCache: false }
  return Array.from({ length: count }, (_, index) => ({ ...recipe, engine, build: first + index }))
}
