import { describe, expect, it } from 'vitest'
import { createAllowedPaths } from '../../../electron/ipc/allowed-paths.ts'
import { defaultEngineOptions } from '../../../shared/domain/recipe.ts'
import { fakeRecipe } from '../../fakes/conversion-record.ts'
import { fakePlan } from '../../fakes/run-record.ts'

const folder = (imageFolder: string) => fakePlan({ imageFolder })

describe('the paths that the window may name', () => {
  it('are those a dialog returned', () => {
    const paths = createAllowedPaths([])
    paths.allow('/photos/trip')
    expect(() => paths.check(folder('/photos/trip'))).not.toThrow()
    expect(() => paths.check(folder('/photos/trip/'))).not.toThrow()
  })

  it('are those of the last accepted plan', () => {
    const paths = createAllowedPaths([])
    paths.allowPlan(folder('/photos/trip'))
    expect(() => paths.check(folder('/photos/trip'))).not.toThrow()
  })

  it('are those that ship with the app', () => {
    expect(() => createAllowedPaths(['/app/models']).check(folder('/app/models/samples'))).not.toThrow()
  })

  it('are those of a recipe that was accepted before: its model, its weights and its calibration images', () => {
    const recipe = fakeRecipe({
      model: '/models/own.onnx',
      weights: { kind: 'folder', folder: '/weights' },
      calibration: { method: 'entropy', imageFolder: '/photos/trip', imageLimit: 500 },
    })
    const paths = createAllowedPaths([])
    expect(() => paths.checkRecipe(recipe)).toThrow('The path "/models/own.onnx" was not chosen in this window.')
    paths.allow('/models/own.onnx')
    expect(() => paths.checkRecipe(recipe)).toThrow('The path "/photos/trip" was not chosen in this window.')
    paths.allow('/photos/trip')
    expect(() => paths.checkRecipe(recipe)).toThrow('The path "/weights" was not chosen in this window.')
    paths.allowRecipe(recipe)
    expect(() => paths.checkRecipe(recipe)).not.toThrow()
  })

  it('include the timing cache of a recipe, which the build writes', () => {
    const recipe = fakeRecipe({ engine: { ...defaultEngineOptions, timingCacheFile: '/caches/mine.cache' } })
    const paths = createAllowedPaths([])
    expect(() => paths.checkRecipe(recipe)).toThrow('The path "/caches/mine.cache" was not chosen in this window.')
    paths.allowRecipe(recipe)
    expect(() => paths.checkRecipe(recipe)).not.toThrow()
  })

  it('are none in a recipe without paths', () => {
    expect(() => createAllowedPaths([]).checkRecipe(fakeRecipe())).not.toThrow()
  })

  it('are none in a plan without paths', () => {
    expect(() => createAllowedPaths([]).check(fakePlan())).not.toThrow()
  })

  it.each([
    '/photos',
    '/photos/trip/private',
    '/photos/trip/../private',
    '/app/models-old',
    '/app/models/../secret',
    'trip',
  ])('are not %s', (imageFolder) => {
    const paths = createAllowedPaths(['/app/models'])
    paths.allow('/photos/trip')
    expect(() => paths.check(folder(imageFolder))).toThrow(`The path "${imageFolder}" was not chosen in this window.`)
  })
})
