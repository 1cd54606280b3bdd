// One row of a track: its own steps, branching off the steps it shares with the rows above.
import { type Artifact, isOfTestBuilder } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ConversionStep, ConversionStepName } from '../../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { StepSign, type StepSignName } from '../../components/backend-mark.tsx'
import { Verdict } from '../../components/glyph.tsx'
import { builderName, libraryName } from '../../format/artifact.ts'
import { bytes, clock, duration } from '../../format/quantity.ts'
import { useConversionProgress } from '../../state/conversions.ts'
import { parityFigure, toleranceOf } from './parity-panel.tsx'
import { ProofBar } from './proof.tsx'
import { artifactOf, type BranchedRow, type Link, standingOf, type TrackRow } from './tracks.ts'

interface DrawnTrackRowProps {
  readonly branched: BranchedRow
  readonly modelName: string
  readonly manifest: ModelManifest | null
  readonly backends: readonly BackendStatus[]
  readonly chosen: boolean
  /** The row shows the library if the column head cannot name one for all rows. */
  readonly namesLibrary: boolean
  readonly onChoose: () => void
}

export function DrawnTrackRow({
  branched,
  modelName,
  manifest,
  backends,
  chosen,
  namesLibrary,
  onChoose,
}: DrawnTrackRowProps) {
  const { row } = branched
  const artifact = artifactOf(row)
  const engine = engineCell(row, backends)
  const finished = row.conversion === null || row.conversion.state === 'completed' ? artifact : null
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside is what the keyboard and a reader press
    // biome-ignore lint/a11y/useKeyWithClickEvents: a press of the button inside is a click here
    <div className="track-row" data-chosen={chosen || undefined} onClick={onChoose}>
      <button
        type="button"
        className="track-target"
        aria-pressed={chosen}
        aria-label={`${modelName}, ${rowName(row, backends)}`}
        ref={(element) => {
          if (chosen) element?.scrollIntoView({ block: 'nearest' })
        }}
      />
      <Step cell={branched.drawsSource ? sourceCell(manifest, row) : null} link={branched.fromSource} />
      <Step cell={branched.drawsOnnx ? onnxCell(row) : null} link={branched.fromOnnx} />
      <Step
        cell={branched.drawsPrecision ? precisionCell(row) : null}
        link={engine ? branched.fromPrecision : branched.fromPrecision === 'across' ? 'none' : branched.fromPrecision}
      />
      <Step
        cell={engine}
        link={engine && finished ? 'across' : 'none'}
        note={engine && <EngineNote cell={engine} branched={branched} namesLibrary={namesLibrary} />}
      />
      <span className="track-cell">{finished && <ProofBar artifact={finished} />}</span>
      <span className="track-cell">{finished && <ParityFigure artifact={finished} manifest={manifest} />}</span>
    </div>
  )
}

interface StepProps {
  readonly cell: StepCell | null
  readonly link: Link
  readonly note?: React.ReactNode
}

function Step({ cell, link, note }: StepProps) {
  return (
    <span className="track-cell">
      {cell && (
        <>
          <StepSign sign={cell.sign} />
          <span className="step-words" title={cell.detail}>
            {cell.title}
            <small>{note ?? cell.note}</small>
          </span>
        </>
      )}
      {link !== 'none' && <i className={`link ${link}`} />}
    </span>
  )
}

interface EngineNoteProps {
  readonly cell: StepCell
  readonly branched: BranchedRow
  readonly namesLibrary: boolean
}

function EngineNote({ cell, branched: { row }, namesLibrary }: EngineNoteProps) {
  if (cell.sign === 'busy' && row.conversion)
    return <SoFar conversionId={row.conversion.conversionId} note={cell.note} />
  const { engine } = row
  if (engine && isOfTestBuilder(engine)) return <>{libraryName(engine).replace(/^TensorRT-/, '')}</>
  return <>{engine && namesLibrary ? libraryName(engine) : cell.note}</>
}

/** Changes once a second, however often the builder reports. */
function SoFar({ conversionId, note }: { readonly conversionId: string; readonly note: string }) {
  const seconds = useConversionProgress(({ byId }) => {
    const progress = byId[conversionId]
    return progress?.step === 'engine' ? Math.floor(progress.elapsedMs / 1000) : null
  })
  return <>{seconds === null ? note : `${clock(seconds * 1000)} so far`}</>
}

function ParityFigure({
  artifact,
  manifest,
}: {
  readonly artifact: Artifact
  readonly manifest: ModelManifest | null
}) {
  const figure = parityFigure(artifact, toleranceOf(manifest, artifact))
  return (
    <span className="track-parity" title={artifact.parity.reason}>
      <Verdict verdict={artifact.parity.verdict} />
      <span>{figure}</span>
    </span>
  )
}

/** What each step of a row shows: its mark, its figure, and a note below. */
interface StepCell {
  readonly sign: StepSignName
  readonly title: string
  readonly note: string
  /** Tooltip: what does not fit in the note. */
  readonly detail?: string
}

function sourceCell(manifest: ModelManifest | null, { onnx, conversion }: TrackRow): StepCell {
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

function onnxCell(row: TrackRow): StepCell {
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

function precisionCell(row: TrackRow): StepCell {
  const { precision, transformed } = row
  const title = precisionLabel(precision)
  if (precision === 'fp32' || precision === 'tf32') return { sign: precision, title, note: 'no transform' }
  if (transformed) return { sign: precision, title, note: transformNote(transformed) }
  const step = stepOf(row, 'precision')
  if (step?.state === 'running' || step?.state === 'failed') return unmade(step, `To ${title}`, title)
  return { sign: precision, title, note: step?.state === 'waiting' ? 'waiting' : (step?.reason ?? 'not created') }
}

function transformNote({ calibration, keptInFp32, buildTimeMs }: Artifact): string {
  if (calibration) return `Q/DQ, ${calibration.imageCount} images`
  const kept = (keptInFp32 ?? []).reduce((sum, { count }) => sum + count, 0)
  const time = buildTimeMs > 0 ? duration(buildTimeMs) : ''
  return [kept > 0 ? `${kept} in FP32` : '', time].filter(Boolean).join(', ') || 'converted'
}

/** Null if the row ends with its ONNX file. */
function engineCell(row: TrackRow, backends: readonly BackendStatus[]): StepCell | null {
  const { engine, conversion, target } = row
  if (engine) {
    const bad = standingOf(row) === 'needs-you' && conversion?.state !== 'failed' ? unusable(engine) : null
    return {
      sign: bad ? 'failed' : 'done',
      title: bad ?? bytes(engine.sizeBytes),
      note: engine.adopted ? 'not built here' : `built in ${duration(engine.buildTimeMs)}`,
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

/** Why an engine is useless here, or null: it gives NaN or Inf, or is not in its precision. */
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

/** A row's full name, for screen readers and the inspector's heading. */
function rowName(row: TrackRow, backends: readonly BackendStatus[]): string {
  const artifact = artifactOf(row)
  const made =
    artifact && (row.engine || row.target === 'onnx') ? libraryName(artifact) : builderName(row.target, backends)
  return `${precisionLabel(row.precision)}, ${made}`
}
