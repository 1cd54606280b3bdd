// Agreement with FP32, measure by measure, each on its own logarithmic line with the limit that judges it.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { ToleranceGauge } from '../../charts/tolerance-gauge.tsx'
import { backendColour } from '../../components/backend-mark.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { backendOfKind } from '../../format/artifact.ts'
import { parityRows } from './parity-rows.ts'
import { toleranceOf, worstFigures } from './parity-summary.ts'

interface ParityPanelProps {
  readonly artifact: Artifact
  readonly manifest: ModelManifest | null
}

export function ParityPanel({ artifact, manifest }: ParityPanelProps) {
  const figures = worstFigures(artifact)
  const { verdict, reason, byBatchSize } = artifact.parity
  const batches = byBatchSize.map(({ batchSize }) => batchSize).join(', ')
  return (
    <section className="inspector-section" aria-label="Parity">
      <div className="panel-head">
        <h2>
          Parity{' '}
          {figures && (
            <small>
              {figures.imageCount} images, batch {batches}
            </small>
          )}
        </h2>
        <span className="grow" />
        <Verdict verdict={verdict} />
      </div>
      {figures && (
        <dl className="tolerances small">
          {parityRows(figures, toleranceOf(manifest, artifact)).map((row) => (
            <div key={row.name} className="tolerance">
              <dt>{row.name}</dt>
              <dd>
                <ToleranceGauge {...row} colour={backendColour(backendOfKind[artifact.kind])} />
                <b className="number">{row.value}</b>
                <span className="faint number">{row.limitText}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="micro quiet parity-reason">{reason}</p>
    </section>
  )
}
