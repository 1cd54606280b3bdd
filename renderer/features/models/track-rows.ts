// Rows of a model's track, from what is on disk and what was asked for: one an engine (or a last ONNX file), and one a
// conversion that is waiting, going on or has failed. Steps that rows share are found by key, so each is drawn once.
import type { Artifact, LayerSensitivity } from '../../../shared/domain/artifact.ts'
import type { ConversionRecord, ConversionStepName } from '../../../shared/domain/conversion.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import type { ConversionTarget } from '../../../shared/domain/recipe.ts'

export interface TrackRow {
  /** Stays while a conversion becomes its artifact only where the window must not lose it: see `rowOfConversion`. */
  readonly key: string
  readonly precision: Precision
  readonly target: ConversionTarget
  /** The ONNX graph in FP32 that it starts from. */
  readonly onnx: Artifact | null
  /** The ONNX file in its precision; null for FP32 and TF32, which transform nothing. */
  readonly transformed: Artifact | null
  readonly engine: Artifact | null
  /** The newest conversion that gave it or is to give it; null where its record is gone. */
  readonly conversion: ConversionRecord | null
}

const targetOfKind: Readonly<Record<Artifact['kind'], ConversionTarget>> = {
  onnx: 'onnx',
  'onnxruntime-optimized': 'onnxruntime',
  'openvino-ir': 'openvino',
  'tensorrt-engine': 'tensorrt',
  'tensorrt-rtx-engine': 'tensorrt-rtx',
}

/** The last thing that a row has: what the inspector shows. */
export function artifactOf({ engine, transformed, onnx }: TrackRow): Artifact | null {
  return engine ?? transformed ?? onnx
}

/** What each layer costs is measured of the INT8 graph; an engine built from it has it by its parent. */
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
    target: targetOfKind[artifact.kind],
    onnx: files.find(({ step }) => step !== 'precision') ?? null,
    transformed,
    engine: artifact.kind === 'onnx' ? null : artifact,
    conversion: null,
  }
}
