import type { HandlerContext } from '../handler-context.ts'
import { readRecipeFile, recipeFileName, writeRecipeFile } from '../recipe-file.ts'
import type { Handlers } from '../router.ts'

type RecipeHandlers = Pick<Handlers, 'recipe:save' | 'recipe:of-artifact' | 'recipe:choose-file'>

const kind = { name: 'Recipe', extensions: ['json'] }

/** The paths in a recipe that the window is given may come back from it: the user chose the file, or made the artifact. */
export function recipeHandlers({ services, dialogs, allowedPaths }: HandlerContext): RecipeHandlers {
  return {
    'recipe:save': async ({ recipe }) => {
      const file = await dialogs.chooseNewFile('Save the recipe', recipeFileName(recipe), kind)
      if (file === null) return null
      await writeRecipeFile(file, recipe)
      return { file }
    },
    'recipe:of-artifact': async ({ key }) => {
      const recipe = await services.artifacts.recipeOf(key)
      allowedPaths.allowRecipe(recipe)
      return recipe
    },
    'recipe:choose-file': async () => {
      const file = await dialogs.chooseFile('Choose a recipe', kind)
      if (file === null) return null
      const recipe = await readRecipeFile(file)
      allowedPaths.allowRecipe(recipe)
      return recipe
    },
  }
}
