// The chosen artifact: how much of it is in the precision that it claims, its agreement with FP32, and everything that
// was recorded of it.
import { useState } from 'react'
import type { Artifact, LayerSensitivity } from '../../../shared/domain/artifact.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { isOfTestBuilder, readersOf } from '../../../shared/planning/artifact-readers.ts'
import { Mark } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { FactList } from '../../components/fact-list.tsx'
import { artifactName, backendOfKind } from '../../format/artifact.ts'
import { artifactFacts, calibrationFacts, optionFacts } from './artifact-facts.ts'
import { HashLine } from './hash-line.tsx'
import { KeptOperators } from './kept-operators.tsx'
import { ParityPanel } from './parity-panel.tsx'
import { proofFigure, shareText } from './proof.ts'
import { SensitivityPanel } from './sensitivity-panel.tsx'
import { SharePanel } from './share-panel.tsx'

interface InspectorProps {
  readonly modelName: string
  readonly artifact: Artifact
  readonly all: readonly Artifact[]
  readonly manifest: ModelManifest | null
  readonly sensitivity: readonly LayerSensitivity[]
  readonly available: readonly BackendId[]
  readonly table: boolean
  readonly onBenchmark: () => void
  readonly onCopyRecipe: () => Promise<boolean>
  readonly onSaveRecipe: () => void
  readonly onLog: () => void
  readonly onRemove: () => void
  readonly onKeepLayers: (names: readonly string[]) => void
}

export function Inspector(props: InspectorProps) {
  const { modelName, artifact, manifest } = props
  const figure = proofFigure(artifact)
  const obstacle = benchmarkObstacle(artifact, manifest, props.available)
  const disproved = artifact.precisionProof?.holds === false
  const calibration = calibrationFacts(artifact)
  const options = optionFacts(artifact)
  return (
    <>
      <p className="small quiet named-artifact">
        <Mark backend={backendOfKind[artifact.kind]} precision={artifact.precision} />
        {modelName}, {artifactName(artifact)}
      </p>
      <div className="hero inspector-hero">
        {figure && !disproved ? shareText(figure.share) : '–'}
        <small className={disproved ? 'fail' : undefined}>
          {' '}
          {disproved ? 'not proved' : figure ? `% in ${precisionLabel(artifact.precision)}` : 'not proved yet'}
        </small>
      </div>
      <p className="small quiet">{proofSentence(artifact)}</p>
      {figure && <SharePanel artifact={artifact} table={props.table} />}
      <ParityPanel artifact={artifact} manifest={manifest} />
      <section className="inspector-section" aria-label="Facts">
        <FactList facts={artifactFacts(artifact, props.all)} />
        <HashLine sha256={artifact.sha256} />
      </section>
      <div className="inspector-actions">
        <Button
          kind="primary"
          onClick={props.onBenchmark}
          shortcut="B"
          disabled={obstacle !== null}
          title={obstacle ?? undefined}
        >
          Benchmark
        </Button>
        <CopyButton onCopy={props.onCopyRecipe} />
        <Button onClick={props.onSaveRecipe}>Save recipe</Button>
        <Button kind="plain" onClick={props.onLog} shortcut="L">
          Log
        </Button>
        <RemoveButton key={artifact.sha256} onRemove={props.onRemove} />
      </div>
      {obstacle && <p className="micro faint">{obstacle}</p>}
      <KeptOperators artifact={artifact} />
      {props.sensitivity.length > 0 && <SensitivityPanel layers={props.sensitivity} onKeep={props.onKeepLayers} />}
      {calibration.length > 0 && (
        <section className="inspector-section" aria-label="Calibration">
          <h2>Calibration</h2>
          <FactList facts={calibration} />
        </section>
      )}
      {options.length > 0 && (
        <section className="inspector-section" aria-label="Options">
          <h2>
            Options <small>as read back from the builder</small>
          </h2>
          <FactList facts={options} />
        </section>
      )}
    </>
  )
}

function proofSentence(artifact: Artifact): string {
  const proof = artifact.precisionProof
  const figure = proofFigure(artifact)
  if (!proof) return figure ? `of ${figure.of}.` : 'Its precision was not read from it.'
  if (!proof.holds) return `It is not what its label says: ${proof.label}, by the ${proof.method}.`
  return `of ${figure?.of ?? 'it'}, read from the ${proof.method}, not from a flag.`
}

function benchmarkObstacle(
  artifact: Artifact,
  manifest: ModelManifest | null,
  available: readonly BackendId[],
): string | null {
  if (artifact.precisionProof?.holds === false) return 'Not offered for benchmarking: its precision is not proved.'
  if (isOfTestBuilder(artifact)) return 'Built by the test builder: shown for its proof and size, never benchmarked.'
  if (!manifest) return 'Open its .onnx file again to benchmark it.'
  const readers = readersOf(artifact)
  return readers.some((id) => available.includes(id)) ? null : 'No backend that reads it can run here; see Setup.'
}

function CopyButton({ onCopy }: { readonly onCopy: () => Promise<boolean> }) {
  const [words, setWords] = useState('Copy recipe')
  const copy = () => void onCopy().then((done) => setWords(done ? 'Copied' : 'Not copied: save it'))
  return <Button onClick={copy}>{words}</Button>
}

/** A second press removes; there is no way back. */
function RemoveButton({ onRemove }: { readonly onRemove: () => void }) {
  const [sure, setSure] = useState(false)
  return (
    <Button kind="plain" onClick={() => (sure ? onRemove() : setSure(true))}>
      {sure ? 'Remove it for good' : 'Remove'}
    </Button>
  )
}
