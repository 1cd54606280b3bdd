import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecipeFile, recipeFileName, writeRecipeFile } from '../../../electron/ipc/recipe-file.ts'
import { fakeRecipe } from '../../fakes/conversion-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const folder = temporaryFolder()

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
    ['missing', null, 'it is no file.'],
    ['empty', '', 'it holds something else.'],
    ['torn', JSON.stringify(fakeRecipe()).slice(0, 60), 'it holds something else.'],
    ['a list', '[]', 'it holds something else.'],
    [
      'of another precision',
      JSON.stringify({ ...fakeRecipe(), precision: 'fp4' }),
      '«precision» is not as it must be.',
    ],
    [
      'of a later version',
      JSON.stringify({ ...fakeRecipe(), schemaVersion: 2 }),
      '«schemaVersion» is not as it must be.',
    ],
    ['too large', ' '.repeat(1024 * 1024 + 1), 'it is far too large.'],
  ])('is refused when it is %s', async (name, content, why) => {
    expect(await refusalOf(name, content)).toMatchObject({
      code: 'bad-recipe',
      message: `${join(folder, name)} is not a recipe: ${why}`,
    })
  })
})
