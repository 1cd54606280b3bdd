// One row of a track: what it has of its own, hung on the steps that it shares with the rows above.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { isOfTestBuilder } from '../../../shared/planning/artifact-readers.ts'
import { StepSign } from '../../components/step-sign.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { libraryName } from '../../format/artifact.ts'
import { clock } from '../../format/time.ts'
import { useConversionProgress } from '../../state/conversion-progress.ts'
import { parityFigure, toleranceOf } from './parity-summary.ts'
import { ProofBar } from './proof-bar.tsx'
import { engineCell, onnxCell, precisionCell, rowName, type StepCell, sourceCell } from './row-cells.ts'
import { artifactOf } from './track-rows.ts'
import type { BranchedRow, Link } from './track-tree.ts'

interface TrackRowProps {
  readonly branched: BranchedRow
  readonly modelName: string
  readonly manifest: ModelManifest | null
  readonly backends: readonly BackendStatus[]
  readonly chosen: boolean
  /** The library is named in the row where the column's head cannot name it for all. */
  readonly namesLibrary: boolean
  readonly onChoose: () => void
}

export function TrackRow({ branched, modelName, manifest, backends, chosen, namesLibrary, onChoose }: TrackRowProps) {
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
  if (engine && isOfTestBuilder(engine)) return <>{libraryName(engine).replace(/^TensorRT for /, '')}</>
  return <>{engine && namesLibrary ? libraryName(engine) : cell.note}</>
}

/** Changes once a second, whatever the builder says in between. */
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
