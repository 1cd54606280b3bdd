import { BenchError } from '../../../shared/domain/bench-error.ts'
import { type Recipe, recipeSchema } from '../../../shared/domain/recipe.ts'
import { jsonText, writeAtomically } from '../../store/atomic-file.ts'
import { largestBytes, readTextFile, UnsuitableFile } from '../../store/regular-file.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type RecipeHandlers = Pick<Handlers, 'recipe:save' | 'recipe:of-artifact' | 'recipe:choose-file' | 'plugin:choose'>

const kind = { name: 'Recipe', extensions: ['json'] }
const pluginKind = { name: 'Plugin library', extensions: ['so', 'dll'] }

/** The window may send back the paths in a recipe it was given: the user chose the file, or made the artifact. */
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
    'plugin:choose': async ({ consent }) => {
      const file = await dialogs.chooseFile('Choose a plugin library', pluginKind)
      return file === null ? null : services.plugins.add(file, consent)
    },
  }
}

// A recipe as a user's file. Read whole, up to a size that no real recipe reaches; written whole or not at all. Throws
// BenchError `bad-recipe`, `not-writable` or `disk-full`.

export async function readRecipeFile(file: string): Promise<Recipe> {
  const text = await readTextFile(file, largestBytes.typed).catch((error: Error) => {
    throw badRecipe(file, error instanceof UnsuitableFile ? `it ${error.message}` : 'it cannot be read', error.message)
  })
  const parsed = recipeSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.join('.')
  throw badRecipe(file, place ? `"${place}" is invalid` : 'it has other content', parsed.error.message)
}

export function writeRecipeFile(file: string, recipe: Recipe): Promise<void> {
  return writeAtomically(file, jsonText(recipe))
}

/** The file name a save dialog proposes: `clip-vit-b32-tensorrt-fp16.recipe.json`. */
export function recipeFileName({ model, to, precision }: Recipe): string {
  const stem = model
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/\.onnx$/i, '')
  return `${stem}-${to}-${precision}.recipe.json`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function badRecipe(file: string, why: string, cause: string | null): BenchError {
  return new BenchError({
    code: 'bad-recipe',
    stage: 'plan',
    message: `${file} is not a recipe: ${why}.`,
    remedy: 'Choose a recipe file that Enginebench wrote.',
    cause,
  })
}
