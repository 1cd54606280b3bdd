// One bar of a whole, split by type: the claimed precision in the backend's colour, what else there is paler.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { backendColour } from '../../components/backend-mark.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { backendOfKind } from '../../format/artifact.ts'
import { proofFigure, proofWords } from './proof.ts'

export function ProofBar({ artifact }: { readonly artifact: Artifact }) {
  const figure = proofFigure(artifact)
  const proof = artifact.precisionProof
  const fails = proof?.holds === false
  if (!figure) {
    return (
      <span className="proof small faint" title={proof?.evidence.join('\n')}>
        {fails ? <Disproved label={proof.label} /> : (proof?.label ?? 'not read')}
      </span>
    )
  }
  const colour = backendColour(backendOfKind[artifact.kind])
  return (
    <span className="proof" title={proof?.evidence.join('\n')}>
      <span className="proof-bar" aria-hidden="true">
        {figure.shares.map(({ type, share, isOwn }, index) => (
          <i
            key={type}
            style={{
              width: `${share * 100}%`,
              background: colour,
              opacity: isOwn ? (artifact.precision === 'fp32' ? 0.45 : 1) : index > 1 ? 0.25 : 0.55,
            }}
          />
        ))}
      </span>
      <small className={fails ? 'fail' : undefined}>
        {fails ? <Disproved label={proof.label} /> : proofWords(figure, artifact.precision)}
      </small>
    </span>
  )
}

function Disproved({ label }: { readonly label: string }) {
  return (
    <span className="fail">
      <Glyph name="fail" size={8} /> not proved: {label}
    </span>
  )
}
