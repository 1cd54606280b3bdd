import { expect, test } from 'vitest'
import { defaultRecipe } from '../../../shared/planning/recipe-defaults.ts'
import { repeatedBuilds } from '../../../shared/planning/repeated-builds.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

test('each build has a number of its own, and none shares timings with another', () => {
  const recipe = defaultRecipe(exampleManifest(), 'tensorrt', 'fp32')
  const engine = { ...recipe.engine, timingCache: false }
  expect(repeatedBuilds(recipe, 4, 2)).toEqual([
    { ...recipe, engine, build: 4 },
    { ...recipe, engine, build: 5 },
  ])
})
