// Which paths of this machine the window may name in a plan or a recipe: those a dialog returned, files the user
// dropped on the window, those inside the shipped folders, and those of previously accepted plans and recipes. Compares
// text only: a path that no longer exists is reported elsewhere.
import { isAbsolute, resolve, sep } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { pathOfModel } from '../../shared/domain/model-source.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'

export interface AllowedPaths {
  allow(path: string): void
  allowPlan(plan: Plan): void
  /** Throws BenchError `bad-usage` if the plan names a path that was never given to the window. */
  check(plan: Plan): void
  /** The same, for the path that a model's reference names. */
  checkModel(model: string): void
  allowRecipe(recipe: Recipe): void
  /** Like `check`, for the paths in a recipe. */
  checkRecipe(recipe: Recipe): void
}

export function createAllowedPaths(shippedFolders: readonly string[]): AllowedPaths {
  const allowed = new Set<string>()
  const roots = shippedFolders.map((folder) => resolve(folder) + sep)

  const isAllowed = (path: string) => {
    const absolute = resolve(path)
    return allowed.has(absolute) || roots.some((root) => (absolute + sep).startsWith(root))
  }

  const allowAll = (paths: readonly string[]) => {
    for (const path of paths) allowed.add(resolve(path))
  }

  const checkAll = (paths: readonly string[]) => {
    const foreign = paths.find((path) => !isAbsolute(path) || !isAllowed(path))
    if (foreign === undefined) return
    throw new BenchError({
      code: 'bad-usage',
      stage: 'plan',
      message: `The path "${foreign}" was not chosen in this window.`,
      remedy: 'Choose the file or folder with the button next to it.',
    })
  }

  return {
    allow: (path) => allowAll([path]),
    allowPlan: (plan) => allowAll(pathsOf(plan, plan.imageFolder)),
    check: (plan) => checkAll(pathsOf(plan, plan.imageFolder)),
    checkModel: (model) => checkAll(pathsOf({ model, weights: { kind: 'auto' } }, null)),
    allowRecipe: (recipe) => allowAll(recipePaths(recipe)),
    checkRecipe: (recipe) => checkAll(recipePaths(recipe)),
  }
}

function pathsOf({ model, weights }: Pick<Plan, 'model' | 'weights'>, imageFolder: string | null): readonly string[] {
  const named = pathOfModel(model)
  return [
    ...(named === null ? [] : [named]),
    ...(imageFolder === null ? [] : [imageFolder]),
    ...(weights.kind === 'folder' ? [weights.folder] : []),
  ]
}

function recipePaths(recipe: Recipe): readonly string[] {
  const { calibration, engine } = recipe
  const written = engine?.timingCacheFile
  return [...pathsOf(recipe, calibration?.imageFolder ?? null), ...(written === undefined ? [] : [written])]
}
