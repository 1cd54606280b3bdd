// What each step of a row says: its sign, its figure, and a note under it.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ConversionStep, ConversionStepName } from '../../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { StepSignName } from '../../components/step-sign.tsx'
import { builderName, libraryName } from '../../format/artifact.ts'
import { bytes } from '../../format/number.ts'
import { duration } from '../../format/time.ts'
import { standingOf } from './row-standing.ts'
import { artifactOf, type TrackRow } from './track-rows.ts'

export interface StepCell {
  readonly sign: StepSignName
  readonly title: string
  readonly note: string
  /** Shown when pointed at; what the note has no room for. */
  readonly detail?: string
}

export function sourceCell(manifest: ModelManifest | null, { onnx, conversion }: TrackRow): StepCell {
  if (!manifest || manifest.source.library === 'file') {
    const file = conversion?.recipe.model ?? onnx?.file ?? ''
    return { sign: 'done', title: 'your file', note: file.split(/[/\\]/).at(-1) ?? '', detail: file }
  }
  const count = manifest.parameterCount
  const seeded = onnx?.weights === 'seeded' || conversion?.recipe.weights.kind === 'seeded'
  return {
    sign: 'done',
    title: count === null ? 'PyTorch' : bytes(count * 4),
    note: seeded ? 'seeded weights' : count === null ? 'size not declared' : `${parameters(count)} params`,
  }
}

export function parameters(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`
  return count >= 1e4 ? `${Math.round(count / 1e3)} k` : String(count)
}

export function onnxCell(row: TrackRow): StepCell {
  const { onnx } = row
  if (onnx) {
    const time = onnx.buildTimeMs > 0 ? `, ${duration(onnx.buildTimeMs)}` : ''
    return {
      sign: 'done',
      title: onnx.opset === null ? 'ONNX' : `opset ${onnx.opset}`,
      note: `${bytes(onnx.sizeBytes)}${time}`,
    }
  }
  const step = stepOf(row, 'simplify')?.state === 'running' ? stepOf(row, 'simplify') : stepOf(row, 'export')
  return unmade(step, 'Exporting', `opset ${row.conversion?.recipe.opset ?? ''}`)
}

export function precisionCell(row: TrackRow): StepCell {
  const { precision, transformed } = row
  const title = precisionLabel(precision)
  if (precision === 'fp32' || precision === 'tf32') return { sign: precision, title, note: 'no transform' }
  if (transformed) return { sign: precision, title, note: transformNote(transformed) }
  const step = stepOf(row, 'precision')
  if (step?.state === 'running' || step?.state === 'failed') return unmade(step, `To ${title}`, title)
  return { sign: precision, title, note: step?.state === 'waiting' ? 'waiting' : (step?.reason ?? 'not made') }
}

function transformNote({ calibration, keptInFp32, buildTimeMs }: Artifact): string {
  if (calibration) return `Q/DQ, ${calibration.imageCount} images`
  const kept = (keptInFp32 ?? []).reduce((sum, { count }) => sum + count, 0)
  const time = buildTimeMs > 0 ? duration(buildTimeMs) : ''
  return [kept > 0 ? `${kept} in FP32` : '', time].filter(Boolean).join(', ') || 'converted'
}

/** Null where the row ends with its ONNX file. */
export function engineCell(row: TrackRow, backends: readonly BackendStatus[]): StepCell | null {
  const { engine, conversion, target } = row
  if (engine) {
    const bad = standingOf(row) === 'needs-you' && conversion?.state !== 'failed' ? unusable(engine) : null
    return {
      sign: bad ? 'failed' : 'done',
      title: bad ?? bytes(engine.sizeBytes),
      note: engine.adopted ? 'from elsewhere' : `built in ${duration(engine.buildTimeMs)}`,
      detail: libraryName(engine),
    }
  }
  if (target === 'onnx' || !conversion) return null
  const built = builderName(target, backends)
  const step = stepOf(row, 'engine')
  if (conversion.state === 'interrupted') return { sign: 'stopped', title: 'Interrupted', note: built }
  if (conversion.state === 'cancelled') return { sign: 'stopped', title: 'Cancelled', note: built }
  if (conversion.state === 'failed') return { sign: 'failed', title: 'Not built', note: built }
  return unmade(step, 'Building', built)
}

/** What makes an engine useless here, or null: numbers that are none, or a precision that it is not in. */
function unusable(engine: Artifact): string | null {
  if (engine.precisionProof?.holds === false) return 'Not proved'
  const broken = engine.parity.byBatchSize.some(({ figures }) => figures.nonFiniteCount > 0)
  return broken ? 'Not usable' : null
}

function unmade(step: ConversionStep | undefined, doing: string, note: string): StepCell {
  if (step?.state === 'running') return { sign: 'busy', title: doing, note }
  if (step?.state === 'failed') return { sign: 'failed', title: 'Failed', note }
  if (step?.state === 'cancelled') return { sign: 'stopped', title: 'Cancelled', note }
  return { sign: 'waiting', title: 'Waiting', note }
}

function stepOf({ conversion }: TrackRow, name: ConversionStepName): ConversionStep | undefined {
  return conversion?.steps.find((step) => step.name === name)
}

/** A row's whole name, as it is read aloud and as the inspector heads it. */
export function rowName(row: TrackRow, backends: readonly BackendStatus[]): string {
  const artifact = artifactOf(row)
  const made =
    artifact && (row.engine || row.target === 'onnx') ? libraryName(artifact) : builderName(row.target, backends)
  return `${precisionLabel(row.precision)}, ${made}`
}
