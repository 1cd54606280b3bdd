// One model: its facts, the ONNX files it has, the backends that can run it here, and its licence.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { type BackendId, backendIds, backendLabels } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { Swatch } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { bytes } from '../../format/number.ts'

interface ModelCardProps {
  readonly manifest: ModelManifest
  readonly artifacts: readonly Artifact[]
  readonly ready: readonly BackendId[]
  readonly onBenchmark: () => void
}

export function ModelCard({ manifest, artifacts, ready, onBenchmark }: ModelCardProps) {
  const { input, optimizationProfile: profile } = manifest
  const offered = backendIds.filter((id) => manifest.backends.includes(id))
  return (
    <li className="model" aria-label={manifest.name}>
      <div className="panel-head">
        <h2>
          {manifest.name}{' '}
          <small>
            {manifest.task.replace('-', ' ')}, {input.channels}×{input.height}×{input.width}
            {manifest.parameterCount === null ? '' : `, ${parameters(manifest.parameterCount)} parameters`}
          </small>
        </h2>
        <span className="grow" />
        <Button onClick={onBenchmark}>Benchmark</Button>
      </div>
      <div className="model-columns small">
        <dl className="facts">
          <dt>Source</dt>
          <dd>{sourceWords(manifest)}</dd>
          <dt>Batch sizes</dt>
          <dd>
            {profile.min} to {profile.max}
          </dd>
          <dt>Licence</dt>
          <dd>
            {manifest.licence.model}
            {manifest.licence.weights === manifest.licence.model ? '' : `, weights ${manifest.licence.weights}`}
          </dd>
        </dl>
        <ul aria-label="ONNX files" className="model-files">
          {manifest.artifacts.map((shipped) => (
            <li key={shipped.sha256}>
              ONNX {precisionLabel(shipped.precision)}{' '}
              <span className="faint">opset {shipped.opset}, ships with the model</span>
            </li>
          ))}
          {artifacts.map((artifact) => (
            <li key={artifact.sha256}>
              ONNX {precisionLabel(artifact.precision)}{' '}
              <span className="faint">
                {artifact.opset === null ? '' : `opset ${artifact.opset}, `}
                {bytes(artifact.sizeBytes)}
              </span>{' '}
              <span title={artifact.parity.reason}>
                <Verdict verdict={artifact.parity.verdict} />
              </span>
            </li>
          ))}
          {manifest.artifacts.length + artifacts.length === 0 && (
            <li className="faint">No ONNX file yet: exported with PyTorch at the first benchmark that needs one</li>
          )}
        </ul>
        <ul aria-label="Backends" className="model-backends">
          {offered.map((id) => (
            <li key={id} className={ready.includes(id) ? undefined : 'unavailable'}>
              <Swatch backend={id} /> {backendLabels[id]}
              {!ready.includes(id) && <span className="faint"> not ready, see Setup</span>}
            </li>
          ))}
        </ul>
      </div>
      {manifest.licence.note && <p className="faint micro panel-note">{manifest.licence.note}</p>}
    </li>
  )
}

function parameters(parameterCount: number): string {
  if (parameterCount >= 1e6) return `${(parameterCount / 1e6).toFixed(1)} M`
  return parameterCount >= 1e4 ? `${Math.round(parameterCount / 1e3)} k` : countText(parameterCount)
}

function sourceWords({ source }: ModelManifest): string {
  if (source.library === 'own') return 'our own, in this repository'
  if (source.library === 'file') return 'your file'
  return source.revision ? `${source.repository} @ ${source.revision.slice(0, 7)}` : source.repository
}
