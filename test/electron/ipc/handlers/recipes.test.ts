import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Dialogs } from '../../../../electron/ipc/handler-context.ts'
import { recipeHandlers } from '../../../../electron/ipc/handlers/recipes.ts'
import { readRecipeFile } from '../../../../electron/ipc/recipe-file.ts'
import { fakeArtifactKey, fakeRecipe } from '../../../fakes/conversion-record.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'
import { temporaryFolder } from '../../../fakes/temporary-folder.ts'

const folder = temporaryFolder()
const ownFile = fakeRecipe({ model: '/home/someone/model.onnx' })

describe('the recipe handlers', () => {
  it('write a recipe where the user says', async () => {
    const file = join(folder, 'saved.json')
    const chooseNewFile = vi.fn<Dialogs['chooseNewFile']>(async () => file)
    const handlers = recipeHandlers(fakeHandlerContext({}, { chooseNewFile }).context)
    expect(await handlers['recipe:save']({ recipe: fakeRecipe() })).toEqual({ file })
    expect(chooseNewFile.mock.calls[0]?.[1]).toBe('digits-tensorrt-fp16.recipe.json')
    expect(await readRecipeFile(file)).toEqual(fakeRecipe())
  })

  it('write and read nothing when the user closes the dialog', async () => {
    const handlers = recipeHandlers(fakeHandlerContext({}).context)
    expect([await handlers['recipe:save']({ recipe: fakeRecipe() }), await handlers['recipe:choose-file']({})]).toEqual(
      [null, null],
    )
  })

  it('let the window name the paths of a recipe file that the user chose', async () => {
    const file = join(folder, 'chosen.json')
    await writeFile(file, JSON.stringify(ownFile))
    const { context } = fakeHandlerContext({}, { chooseFile: async () => file })
    expect(() => context.allowedPaths.checkRecipe(ownFile)).toThrow()
    expect(await recipeHandlers(context)['recipe:choose-file']({})).toEqual(ownFile)
    expect(() => context.allowedPaths.checkRecipe(ownFile)).not.toThrow()
  })

  it('let the window name the paths of the recipe of an artifact', async () => {
    const recipeOf = vi.fn(async () => ownFile)
    const { context } = fakeHandlerContext({ artifacts: { recipeOf } })
    expect(await recipeHandlers(context)['recipe:of-artifact']({ key: fakeArtifactKey })).toEqual(ownFile)
    expect(recipeOf).toHaveBeenCalledWith(fakeArtifactKey)
    expect(() => context.allowedPaths.checkRecipe(ownFile)).not.toThrow()
  })
})
