import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Dialogs } from '../../../../electron/ipc/handler-context.ts'
import {
  readRecipeFile,
  recipeFileName,
  recipeHandlers,
  writeRecipeFile,
} from '../../../../electron/ipc/handlers/recipes.ts'
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

describe('a plugin library', () => {
  it('is taken from the file that the user chose, and from no other', async () => {
    const add = vi.fn(async () => ({ name: 'libmine.so', sha256: 'a'.repeat(64) }))
    const chosen = fakeHandlerContext({ plugins: { add } }, { chooseFile: async () => '/home/someone/libmine.so' })
    const closed = fakeHandlerContext({ plugins: { add } })
    const ask = ({ context }: typeof chosen) => recipeHandlers(context)['plugin:choose']({ consent: true })
    expect([await ask(chosen), await ask(closed)]).toEqual([{ name: 'libmine.so', sha256: 'a'.repeat(64) }, null])
    expect(add.mock.calls).toEqual([['/home/someone/libmine.so', true]])
  })
})

async function refusalOf(name: string, content: string | null): Promise<unknown> {
  const file = join(folder, name)
  if (content !== null) await writeFile(file, content)
  return readRecipeFile(file).catch((error) => error.record)
}

describe('a recipe file', () => {
  it('reads as it was written, and leaves nothing beside it', async () => {
    const file = join(folder, 'kept', 'digits.recipe.json')
    await writeRecipeFile(file, fakeRecipe())
    expect(await readRecipeFile(file)).toEqual(fakeRecipe())
    expect(await readdir(join(folder, 'kept'))).toEqual(['digits.recipe.json'])
    expect(await readFile(file, 'utf8')).toMatch(/\}\n$/)
  })

  it('is named after what it makes', () => {
    expect(recipeFileName(fakeRecipe())).toBe('digits-tensorrt-fp16.recipe.json')
    expect(recipeFileName(fakeRecipe({ model: '/home/someone/my net.onnx', to: 'onnx' }))).toBe(
      'my net-onnx-fp16.recipe.json',
    )
  })

  it.each<[string, string | null, string]>([
    ['missing', null, 'it cannot be read.'],
    ['empty', '', 'it has other content.'],
    ['torn', JSON.stringify(fakeRecipe()).slice(0, 60), 'it has other content.'],
    ['a list', '[]', 'it has other content.'],
    ['of another precision', JSON.stringify({ ...fakeRecipe(), precision: 'fp4' }), '"precision" is invalid.'],
    ['of a later version', JSON.stringify({ ...fakeRecipe(), schemaVersion: 2 }), '"schemaVersion" is invalid.'],
    ['too large', ' '.repeat(2 * 1024 * 1024), 'it has 2.1 MB, and at most 1.05 MB are read.'],
  ])('is refused when it is %s', async (name, content, why) => {
    expect(await refusalOf(name, content)).toMatchObject({
      code: 'bad-recipe',
      message: `${join(folder, name)} is not a recipe: ${why}`,
    })
  })
})
