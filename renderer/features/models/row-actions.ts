// The actions on a model or a row of its track, in one place for buttons and keys. Shows only the latest failure, until
// the next action.

import { useState } from 'react'
import { artifactKinds, type ConversionTarget, rowOfTarget } from '../../../shared/domain/artifact-kind.ts'
import { type BackendStatus, builderOf } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { type Precision, precisionLabel } from '../../../shared/domain/precision.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { defaultRecipe } from '../../../shared/planning/recipe.ts'
import { recipeOfArtifact, useRemoveArtifact, useSaveRecipe } from '../../state/artifacts.ts'
import {
  openLog,
  useCancelConversion,
  useDismissConversion,
  useRetryConversion,
  useStartConversion,
} from '../../state/conversions.ts'
import { chooseRow } from '../../state/models.ts'
import { goTo } from '../../state/place.ts'
import { beginPlan, benchmarkArtifact } from '../../state/plan-draft.ts'
import { consistent, draftRecipe } from '../../state/recipe-draft.ts'
import type { Fix } from './remedies.ts'
import { artifactOf, type ModelEntry, type TrackRow } from './tracks.ts'

export type RowActions = ReturnType<typeof useRowActions>

export function useRowActions(backends: readonly BackendStatus[]) {
  const [failure, setFailure] = useState<unknown>(null)
  const [cancelling, setCancelling] = useState<string | null>(null)
  const start = useStartConversion()
  const again = useRetryConversion()
  const cancelled = useCancelConversion()
  const dismissed = useDismissConversion()
  const removed = useRemoveArtifact()
  const saved = useSaveRecipe()

  const attempt = (work: () => Promise<unknown>) => {
    setFailure(null)
    work().catch(setFailure)
  }
  const startRecipe = async (recipe: Recipe) => {
    const { conversionId } = await start.mutateAsync(recipe)
    chooseRow(conversionId)
  }
  const recipeOf = async ({ conversion, ...row }: TrackRow): Promise<Recipe | null> => {
    if (conversion) return conversion.recipe
    const key = artifactOf({ conversion, ...row })?.key
    return key === undefined ? null : recipeOfArtifact(key)
  }
  /** Null while the buildable targets are unknown: the default would then be no engine. */
  const defaultsOf = (entry: ModelEntry): Recipe | null => {
    if (!entry.manifest || backends.length === 0) return null
    const to = defaultTarget(backends)
    const taken = entry.rows.filter(({ row }) => row.target === to).map(({ row }) => row.precision)
    const precision = defaultPrecision(precisionsOf(to, backends), taken)
    // A user's file is named by its path, which its manifest does not contain.
    return { ...defaultRecipe(entry.manifest, to, precision), model: entry.model }
  }
  const edit = (row: TrackRow) =>
    attempt(async () => {
      const recipe = await recipeOf(row)
      if (recipe) draftRecipe(recipe)
    })
  const retry = (row: TrackRow) =>
    attempt(async () => {
      if (!row.conversion) return
      const { conversionId } = await again.mutateAsync(row.conversion.conversionId)
      chooseRow(conversionId)
    })
  const rebuild = (row: TrackRow, change: (recipe: Recipe) => Recipe) =>
    attempt(async () => {
      const recipe = await recipeOf(row)
      if (recipe) await startRecipe(consistent({ ...change(recipe), expected: [] }))
    })
  const remove = (row: TrackRow) =>
    attempt(async () => {
      const key = artifactOf(row)?.key
      if (key !== undefined) await removed.mutateAsync(key)
    })
  const dismiss = (row: TrackRow) =>
    attempt(async () => {
      if (row.conversion) await dismissed.mutateAsync(row.conversion.conversionId)
    })

  return {
    failure,
    cancelling,
    busy: start.isPending || again.isPending || removed.isPending || dismissed.isPending,
    openSetup: () => goTo('setup'),
    rebuild,
    remove,
    dismiss,
    defaultsOf,
    start: (recipe: Recipe) => attempt(() => startRecipe(recipe)),
    convert: (entry: ModelEntry) =>
      attempt(async () => {
        const recipe = defaultsOf(entry)
        if (recipe) await startRecipe(recipe)
      }),
    /** Opens the form with the model's defaults, or from its first row if its manifest is gone. */
    addPrecision: (entry: ModelEntry) => {
      const recipe = defaultsOf(entry)
      const first = entry.rows[0]?.row
      if (recipe) draftRecipe(recipe)
      else if (first) edit(first)
    },
    cancel: ({ conversion }: TrackRow) => {
      if (!conversion || cancelling === conversion.conversionId) return
      setCancelling(conversion.conversionId)
      setFailure(null)
      cancelled.mutateAsync(conversion.conversionId).catch((thrown: unknown) => {
        setCancelling(null)
        setFailure(thrown)
      })
    },
    fix: (entry: ModelEntry, row: TrackRow, fix: Fix) => {
      if (fix.kind === 'rebuild') rebuild(row, fix.change)
      else if (fix.kind === 'setup') goTo('setup')
      else if (fix.kind === 'retry') retry(row)
      else if (fix.kind === 'edit') edit(row)
      else if (fix.kind === 'dismiss') dismiss(row)
      else remove(row)
      if (fix.kind === 'dismiss' || fix.kind === 'remove') chooseRow(entry.rows[0]?.row.key ?? null)
    },
    hasLog: (row: TrackRow) => row.conversion !== null || artifactOf(row)?.key !== undefined,
    openLog: ({ name }: ModelEntry, row: TrackRow) => {
      const title = `${name} ${precisionLabel(row.precision)}`
      const { conversion } = row
      const step =
        conversion?.steps.find(({ state }) => state === 'running' || state === 'failed') ??
        (conversion?.state === 'completed' ? null : conversion?.steps.findLast(({ state }) => state === 'done'))
      const key = artifactOf(row)?.key
      if (conversion && step) openLog({ kind: 'step', conversionId: conversion.conversionId, step: step.name, title })
      else if (key !== undefined) openLog({ kind: 'artifact', artifactKey: key, title })
    },
    benchmark: ({ model, manifest }: ModelEntry, row: TrackRow) => {
      const artifact = artifactOf(row)
      const available = backends.filter((backend) => backend.available).map(({ id }) => id)
      if (!artifact || !manifest || artifact.precisionProof?.holds === false) return
      attempt(async () => {
        await beginPlan()
        if (benchmarkArtifact(model, manifest, artifact, available)) goTo('benchmark')
      })
    },
    copyRecipe: async (row: TrackRow): Promise<boolean> => {
      const recipe = await recipeOf(row).catch(() => null)
      return recipe !== null && copyText(`${JSON.stringify(recipe, null, 2)}\n`)
    },
    saveRecipe: (row: TrackRow) =>
      attempt(async () => {
        const recipe = await recipeOf(row)
        if (recipe) await saved.mutateAsync(recipe)
      }),
  }
}

/**
 * What one click converts to: the fastest engine that can be built here, in FP16; and why a model cannot be converted
 * yet.
 */
function defaultTarget(backends: readonly BackendStatus[]): ConversionTarget {
  const buildable = Object.values(artifactKinds).filter(
    ({ target }) => backends.find(({ id }) => id === builderOf(target))?.builder?.available,
  )
  const [best] = buildable.toSorted((left, right) => (left.preference ?? 0) - (right.preference ?? 0))
  return best?.target ?? 'onnx'
}

/** The precisions of a target, without those its builder here reports as unavailable. */
export function precisionsOf(to: ConversionTarget, backends: readonly BackendStatus[]): readonly Precision[] {
  const all = rowOfTarget(to).precisions
  const declared = backends.find(({ id }) => id === builderOf(to))?.builder?.precisions ?? []
  const both = all.filter((precision) => declared.includes(precision))
  return both.length > 0 ? both : all
}

/** The first useful precision that the model does not have yet. */
function defaultPrecision(offered: readonly Precision[], taken: readonly Precision[]): Precision {
  const wanted: readonly Precision[] = ['fp16', 'int8', 'fp32', 'bf16', 'tf32']
  const open = wanted.filter((precision) => offered.includes(precision))
  return open.find((precision) => !taken.includes(precision)) ?? open[0] ?? 'fp32'
}

/** Why it cannot be converted before something is installed; null if it can. */
export function conversionObstacle(
  manifest: ModelManifest,
  environments: readonly PythonEnvironment[] | undefined,
): string | null {
  if (!environments) return null
  const isReady = (name: PythonEnvironment['name']) =>
    environments.find((each) => each.name === name)?.state === 'ready'
  if (manifest.source.library === 'ultralytics' && !isReady('yolo')) return 'needs Ultralytics, AGPL-3.0'
  return isReady('main') ? null : 'needs the Python environment'
}

/**
 * Copies text to the clipboard. The page has no clipboard permission, so it answers a copy event that the user's click
 * triggers. False if that did not happen.
 */
export function copyText(text: string): boolean {
  let given = false
  const give = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    given = true
  }
  document.addEventListener('copy', give, { capture: true, once: true })
  try {
    document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', give, { capture: true })
  }
  return given
}
