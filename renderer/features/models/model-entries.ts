// Every model with what was made of it, in the order of the page: those with conversions first, then those without.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { ConversionRecord } from '../../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { ChosenFile } from '../../state/models.ts'
import { type TrackRow, trackRows } from './track-rows.ts'
import { type BranchedRow, branched } from './track-tree.ts'

export interface ModelEntry {
  /** What a recipe or a plan calls it: a manifest's id, or the path of the user's file. */
  readonly model: string
  readonly name: string
  /** Null for a file that was converted in an earlier session and not opened in this one. */
  readonly manifest: ModelManifest | null
  readonly rows: readonly BranchedRow[]
  readonly artifacts: readonly Artifact[]
}

interface Known {
  readonly models: readonly ModelManifest[]
  readonly files: readonly ChosenFile[]
  readonly artifacts: readonly Artifact[]
  readonly conversions: readonly ConversionRecord[]
}

export function modelEntries({ models, files, artifacts, conversions }: Known): ModelEntry[] {
  const named = [
    ...files.map(({ file, manifest }) => ({ model: file, name: manifest.name, manifest, modelId: manifest.id })),
    ...models.map((manifest) => ({ model: manifest.id, name: manifest.name, manifest, modelId: manifest.id })),
  ]
  const names = new Set(named.map(({ model }) => model))
  const ids = new Set(named.map(({ modelId }) => modelId))
  const fromBefore = new Map(
    conversions
      .filter(({ recipe }) => !names.has(recipe.model))
      .map(({ recipe, modelName }) => [recipe.model, modelName] as const),
  )
  const unnamed = [...fromBefore].map(([model, name]) => {
    const made = new Set(
      conversions
        .filter(({ recipe }) => recipe.model === model)
        .flatMap(({ steps }) => steps.map((step) => step.artifactKey)),
    )
    const modelId = artifacts.find(({ key }) => key !== undefined && made.has(key))?.modelId ?? null
    return { model, name, manifest: null, modelId }
  })
  for (const { modelId } of unnamed) if (modelId !== null) ids.add(modelId)
  const strays = [...new Set(artifacts.map(({ modelId }) => modelId))].filter((id) => !ids.has(id))
  const all = [...named, ...unnamed, ...strays.map((id) => ({ model: id, name: id, manifest: null, modelId: id }))]
  return all.map(({ model, name, manifest, modelId }) => {
    const own = artifacts.filter((artifact) => artifact.modelId === modelId)
    const asked = conversions.filter(({ recipe }) => recipe.model === model)
    return { model, name, manifest, artifacts: own, rows: branched(trackRows(own, asked)) }
  })
}

/** How a model without rows is chosen. */
export function modelRowKey(model: string): string {
  return `model ${model}`
}

/** Keys in the order of the page. */
export function rowKeys(entries: readonly ModelEntry[]): string[] {
  const tracked = entries.filter(({ rows }) => rows.length > 0)
  const others = entries.filter(({ rows }) => rows.length === 0)
  return [
    ...tracked.flatMap(({ rows }) => rows.map(({ row }) => row.key)),
    ...others.map(({ model }) => modelRowKey(model)),
  ]
}

export interface ChosenRow {
  readonly entry: ModelEntry
  readonly row: TrackRow | null
}

/** The chosen row; the first where what was chosen is gone. A conversion that ended is found by its artifact's row. */
export function findChosen(entries: readonly ModelEntry[], rowKey: string | null): ChosenRow | null {
  for (const entry of entries) {
    if (entry.rows.length === 0 && rowKey === modelRowKey(entry.model)) return { entry, row: null }
    const found = entry.rows.find(({ row }) => row.key === rowKey || row.conversion?.conversionId === rowKey)
    if (found) return { entry, row: found.row }
  }
  const first = entries.find(({ rows }) => rows.length > 0) ?? entries[0]
  return first ? { entry: first, row: first.rows[0]?.row ?? null } : null
}
