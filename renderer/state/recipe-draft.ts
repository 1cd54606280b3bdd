// The recipe being edited in the Convert form, and what the application reports that it would do.

import { skipToken, useQuery } from '@tanstack/react-query'
import { create } from 'zustand'
import { rowOfTarget } from '../../shared/domain/artifact-kind.ts'
import { builderOf, isBuiltOnGpu } from '../../shared/domain/backend.ts'
import { isCalibrated } from '../../shared/domain/precision.ts'
import { defaultCalibration, defaultEngineOptions, type Recipe } from '../../shared/domain/recipe.ts'
import {
  calibrationFor,
  modernOpset,
  oldestOpset,
  standardElsewhere,
  transformsGraph,
} from '../../shared/planning/recipe.ts'
import { request } from '../api.ts'

export const useRecipeDraft = create<{ readonly recipe: Recipe | null }>(() => ({ recipe: null }))

/** Opens the form with it. */
export function draftRecipe(recipe: Recipe): void {
  useRecipeDraft.setState({ recipe: { ...recipe, expected: [] } })
}

export function closeRecipe(): void {
  useRecipeDraft.setState({ recipe: null })
}

export function changeRecipe(change: Partial<Recipe>): void {
  useRecipeDraft.setState(({ recipe }) => ({ recipe: recipe && consistent({ ...recipe, ...change }) }))
}

/** Settings that only some precisions and targets have appear and disappear with them. */
export function consistent({ device, ...recipe }: Recipe): Recipe {
  const { to, precision } = recipe
  const isInt8 = precision === 'int8'
  const calibrated = isCalibrated(precision)
  const chosen = recipe.elsewhere ?? standardElsewhere(precision)
  const elsewhere = calibrated ? (rowOfTarget(to).lowersPrecision ? 'fp32' : chosen) : null
  const hasBuilder = builderOf(recipe.to) !== null
  return {
    ...recipe,
    elsewhere,
    opset: recipe.opset < oldestOpset({ precision, elsewhere }) ? modernOpset : recipe.opset,
    calibration: calibrated ? calibrationFor(recipe, recipe.calibration ?? defaultCalibration) : null,
    sensitivity: isInt8 && transformsGraph(recipe) && recipe.sensitivity,
    engine: hasBuilder ? (recipe.engine ?? defaultEngineOptions) : null,
    ...(device !== undefined && isBuiltOnGpu(recipe.to) && { device }),
  }
}

/** Cached steps, refusals, warnings; the last answer stays while the next is loading. */
export function useRecipeCheck(recipe: Recipe | null) {
  return useQuery({
    queryKey: ['recipe-check', recipe],
    queryFn: recipe ? () => request('conversion:check', { recipe }) : skipToken,
    placeholderData: (previous) => previous,
    staleTime: 2_000,
    gcTime: 30_000,
  })
}

/** Null when the dialog was closed. */
export async function chooseCalibrationFolder(): Promise<number | null> {
  const chosen = await request('images:choose-folder', {})
  const { recipe } = useRecipeDraft.getState()
  if (chosen && recipe?.calibration) {
    changeRecipe({ calibration: { ...recipe.calibration, imageFolder: chosen.folder } })
  }
  return chosen?.imageCount ?? null
}

/** Only after the user has confirmed that the file is code whose maker they trust. */
export async function choosePluginLibrary(): Promise<void> {
  const plugin = await request('plugin:choose', { consent: true })
  const { recipe } = useRecipeDraft.getState()
  if (plugin && recipe?.engine) changeRecipe({ engine: { ...recipe.engine, plugin } })
}
