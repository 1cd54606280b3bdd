// Every model with its track: rows made from artifacts on disk and requested conversions, in branching order.

import type { Artifact, LayerSensitivity } from '../../../shared/domain/artifact.ts'
import { artifactKinds, type ConversionTarget, conversionTargetSchema } from '../../../shared/domain/artifact-kind.ts'
import type { ConversionRecord, ConversionStepName } from '../../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { type Precision, precisionSchema } from '../../../shared/domain/precision.ts'
import type { ChosenFile } from '../../state/models.ts'

/** Every model with its artifacts, in page order: those with conversions first, then those without. */
export interface ModelEntry {
  /** The name in a recipe or a plan: a manifest's id, or the path of the user's file. */
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

/** The key that selects a model without rows. */
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

interface ChosenRow {
  readonly entry: ModelEntry
  readonly row: TrackRow | null
}

/** The chosen row, or the first if the chosen one is gone. A finished conversion is found by its artifact's row. */
export function findChosen(entries: readonly ModelEntry[], rowKey: string | null): ChosenRow | null {
  for (const entry of entries) {
    if (entry.rows.length === 0 && rowKey === modelRowKey(entry.model)) return { entry, row: null }
    const found = entry.rows.find(({ row }) => row.key === rowKey || row.conversion?.conversionId === rowKey)
    if (found) return { entry, row: found.row }
  }
  const first = entries.find(({ rows }) => rows.length > 0) ?? entries[0]
  return first ? { entry: first, row: first.rows[0]?.row ?? null } : null
}

/**
 * Rows of a model's track, from artifacts on disk and requested conversions: one per engine (or last ONNX file), and
 * one per conversion that is waiting, running or failed. Steps that rows share are found by key, so each is drawn once.
 */
export interface TrackRow {
  /**
   * Stays the same when a conversion becomes its artifact only if the window must keep it selected: see
   * `rowOfConversion`.
   */
  readonly key: string
  readonly precision: Precision
  readonly target: ConversionTarget
  /** The ONNX graph in FP32 that it starts from. */
  readonly onnx: Artifact | null
  /** The ONNX file in its precision; null for FP32 and TF32, which transform nothing. */
  readonly transformed: Artifact | null
  readonly engine: Artifact | null
  /** The newest conversion that made it or will make it; null if its record is gone. */
  readonly conversion: ConversionRecord | null
}

/** The last artifact of a row: the inspector shows it. */
export function artifactOf({ engine, transformed, onnx }: TrackRow): Artifact | null {
  return engine ?? transformed ?? onnx
}

/** The accuracy cost of each layer is measured on the INT8 graph; an engine built from it takes it from its parent. */
export function sensitivityOf({ engine, transformed }: TrackRow): readonly LayerSensitivity[] {
  return engine?.sensitivity ?? transformed?.sensitivity ?? []
}

function isUnderWay({ conversion }: TrackRow): boolean {
  return conversion?.state === 'running' || conversion?.state === 'queued'
}

export function trackRows(artifacts: readonly Artifact[], conversions: readonly ConversionRecord[]): TrackRow[] {
  const byKey = new Map(artifacts.flatMap((each) => (each.key === undefined ? [] : [[each.key, each] as const])))
  const rows = new Map<string, TrackRow>()
  const superseded = new Set<string>()
  for (const record of [...conversions].sort((a, b) => b.createdAt.localeCompare(a.createdAt))) {
    const wanted = `${record.recipe.to} ${record.recipe.precision} ${record.recipe.elsewhere}`
    const row = rowOfConversion(record, byKey)
    const lives = isUnderWay(row) || record.state === 'completed'
    if (!rows.has(row.key) && (lives || !superseded.has(wanted)) && (record.state !== 'completed' || artifactOf(row))) {
      rows.set(row.key, row)
    }
    superseded.add(wanted)
  }
  const covered = new Set(
    [...rows.values()].flatMap(({ onnx, transformed, engine }) =>
      [onnx, transformed, engine].map((each) => each?.sha256),
    ),
  )
  const parents = new Set(artifacts.flatMap((each) => each.parents))
  for (const artifact of artifacts) {
    const isLeaf = artifact.kind !== 'onnx' || !parents.has(artifact.sha256)
    if (isLeaf && !covered.has(artifact.sha256)) rows.set(keyOf(artifact), rowOfArtifact(artifact, artifacts))
  }
  return [...rows.values()]
}

function keyOf(artifact: Artifact): string {
  return artifact.key ?? artifact.sha256
}

function rowOfConversion(record: ConversionRecord, byKey: ReadonlyMap<string, Artifact>): TrackRow {
  const given = (name: ConversionStepName) =>
    byKey.get(record.steps.find((step) => step.name === name)?.artifactKey ?? '') ?? null
  const row = {
    precision: record.recipe.precision,
    target: record.recipe.to,
    onnx: given('simplify') ?? given('export'),
    transformed: given('precision'),
    engine: given('engine'),
    conversion: record,
  }
  const last = row.engine ?? row.transformed ?? row.onnx
  const key = record.state === 'completed' && last ? keyOf(last) : record.conversionId
  return { key, ...row }
}

function rowOfArtifact(artifact: Artifact, all: readonly Artifact[]): TrackRow {
  const chain: Artifact[] = []
  const seen = new Set<string>()
  for (let next: Artifact | undefined = artifact; next && !seen.has(next.sha256); ) {
    chain.push(next)
    seen.add(next.sha256)
    const { parents }: Artifact = next
    next = all.find(({ sha256 }) => parents.includes(sha256))
  }
  const files = chain.filter(({ kind }) => kind === 'onnx')
  const transformed = files.find(({ step }) => step === 'precision') ?? null
  return {
    key: keyOf(artifact),
    precision: artifact.precision,
    target: artifactKinds[artifact.kind].target,
    onnx: files.find(({ step }) => step !== 'precision') ?? null,
    transformed,
    engine: artifact.kind === 'onnx' ? null : artifact,
    conversion: null,
  }
}

// Rows in branching order, with what each draws and how it connects to the rows above: a step that a row shares with
// the one above is drawn once, and a branch leads to it.

/** `across`: a line to the next step; `fork`: that, and down; `down`: past this row; `branch`, `corner`: from above. */
export type Link = 'none' | 'across' | 'fork' | 'down' | 'branch' | 'corner'

export interface BranchedRow {
  readonly row: TrackRow
  readonly drawsSource: boolean
  readonly drawsOnnx: boolean
  readonly drawsPrecision: boolean
  readonly fromSource: Link
  readonly fromOnnx: Link
  readonly fromPrecision: Link
}

const precisionOrder: readonly Precision[] = precisionSchema.options
const targetOrder: readonly string[] = conversionTargetSchema.options

export function branched(rows: readonly TrackRow[]): BranchedRow[] {
  const ids = rows.map((row) => ({ row, onnxId: onnxIdOf(row), precisionId: precisionIdOf(row) }))
  ids.sort(
    (a, b) =>
      order(a.row, b.row, ({ onnx }) => onnx?.createdAt ?? '~') ||
      a.onnxId.localeCompare(b.onnxId) ||
      precisionOrder.indexOf(a.row.precision) - precisionOrder.indexOf(b.row.precision) ||
      a.precisionId.localeCompare(b.precisionId) ||
      targetOrder.indexOf(a.row.target) - targetOrder.indexOf(b.row.target),
  )
  const onnxLinks = links(
    ids.map(() => 'source'),
    ids.map(({ onnxId }) => onnxId),
  )
  const precisionLinks = links(
    ids.map(({ onnxId }) => onnxId),
    ids.map(({ onnxId, precisionId }) => `${onnxId} ${precisionId}`),
  )
  const engineLinks = links(
    ids.map(({ onnxId, precisionId }) => `${onnxId} ${precisionId}`),
    ids.map(({ row }) => row.key),
  )
  return ids.map(({ row }, index) => ({
    row,
    drawsSource: index === 0,
    drawsOnnx: isFirst(onnxLinks[index]),
    drawsPrecision: isFirst(precisionLinks[index]),
    fromSource: onnxLinks[index] ?? 'none',
    fromOnnx: precisionLinks[index] ?? 'none',
    fromPrecision: engineLinks[index] ?? 'none',
  }))
}

function order(a: TrackRow, b: TrackRow, of: (row: TrackRow) => string): number {
  return of(a).localeCompare(of(b))
}

function onnxIdOf({ onnx, conversion }: TrackRow): string {
  return onnx?.sha256 ?? `opset ${conversion?.recipe.opset ?? ''}`
}

/** FP32 and TF32 differ only in the engine; if the file does not exist yet, the recipe decides. */
function precisionIdOf({ precision, transformed, conversion, key }: TrackRow): string {
  if (precision === 'fp32' || precision === 'tf32') return precision
  return transformed?.sha256 ?? (conversion ? `${precision} ${conversion.recipe.elsewhere} ${key}` : precision)
}

/** Whether the row draws the step that the link leads to; the rows between a parent and its last child draw none. */
function isFirst(link: Link | undefined): boolean {
  return link !== 'down' && link !== 'none'
}

/** Rows of one parent are adjacent, and so are those of one child within it. */
function links(parents: readonly string[], children: readonly string[]): Link[] {
  return children.map((child, index) => {
    const parent = parents[index]
    const sharesAbove = parents[index - 1] === parent && index > 0
    const startsChild = !sharesAbove || children[index - 1] !== child
    const more = children.some((other, at) => at > index && parents[at] === parent && other !== child)
    if (!sharesAbove) return more ? 'fork' : 'across'
    if (startsChild) return more ? 'branch' : 'corner'
    return more ? 'down' : 'none'
  })
}

/** The state of a row in one word: counted in the headline, and decides whether the user must act. */
type Standing = 'ready' | 'building' | 'waiting' | 'needs-you' | 'stopped'

export function standingOf(row: TrackRow): Standing {
  const state = row.conversion?.state
  if (state === 'running') return 'building'
  if (state === 'queued') return 'waiting'
  if (state === 'failed' || state === 'interrupted') return 'needs-you'
  if (state === 'cancelled') return 'stopped'
  const artifact = artifactOf(row)
  if (!artifact) return 'stopped'
  const isDisproved = artifact.precisionProof?.holds === false
  return isDisproved || artifact.parity.verdict === 'fail' ? 'needs-you' : 'ready'
}

/** `3 engines ready, 1 building, 2 need attention`. */
export function headline(rows: readonly TrackRow[]): string {
  const counted = (standing: Standing) => rows.filter((row) => standingOf(row) === standing)
  const ready = counted('ready')
  const engines = ready.filter(({ engine }) => engine !== null).length
  const files = ready.length - engines
  const building = counted('building').length
  const waiting = counted('waiting').length
  const need = counted('needs-you').length
  const parts = [
    engines > 0 ? `${engines} ${engines === 1 ? 'engine' : 'engines'} ready` : '',
    files > 0 && engines === 0 ? `${files} ONNX ${files === 1 ? 'file' : 'files'} ready` : '',
    building > 0 ? `${building} building` : '',
    waiting > 0 ? `${waiting} waiting` : '',
    need > 0 ? `${need} ${need === 1 ? 'needs' : 'need'} attention` : '',
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'Nothing converted yet'
}
