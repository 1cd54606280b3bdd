// One bar split by type: the claimed precision in the backend's colour, everything else paler.

import type { Artifact } from '../../../shared/domain/artifact.ts'
import { mainReaderOf } from '../../../shared/domain/backend.ts'
import { type Precision, precisionLabel } from '../../../shared/domain/precision.ts'
import { backendColour } from '../../components/backend-mark.tsx'
import { Glyph } from '../../components/glyph.tsx'

export function ProofBar({ artifact }: { readonly artifact: Artifact }) {
  const figure = proofFigure(artifact)
  const proof = artifact.precisionProof
  const evidence = proof ? [`by ${proof.method}`, ...proof.evidence].join('\n') : undefined
  const fails = proof?.holds === false
  if (!figure) {
    return (
      <span className="proof small faint" title={evidence}>
        {fails ? <Disproved label={proof.label} /> : (proof?.label ?? 'not read')}
      </span>
    )
  }
  const colour = backendColour(mainReaderOf(artifact.kind))
  return (
    <span className="proof" title={evidence}>
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

// The evidence for an artifact's precision: the share in it, the share of what, and the source.

/** Types as a proof counts them, the artifact's own first, then by share. */
interface ShareOfType {
  readonly type: string
  readonly label: string
  /** 0..1 */
  readonly share: number
  /** In the artifact's claimed precision. */
  readonly isOwn: boolean
}

interface ProofFigure {
  readonly share: number
  readonly of: 'layers' | 'weight bytes'
  readonly shares: readonly ShareOfType[]
}

/** TF32 is a switch of the engine: its numbers are stored in 32 bits. */
function typeOf(precision: Precision): string {
  return precision === 'tf32' ? 'fp32' : precision
}

export function sharesByType(shares: Readonly<Record<string, number>>, precision: Precision): ShareOfType[] {
  const own = typeOf(precision)
  return Object.entries(shares)
    .filter(([, share]) => share > 0)
    .map(([type, share]) => ({ type, label: type.toUpperCase(), share, isOwn: type === own }))
    .sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || b.share - a.share)
}

/** By layers if they were counted, otherwise by weight bytes; null if neither was. */
export function proofFigure(artifact: Artifact): ProofFigure | null {
  const of = artifact.layerPrecision ? 'layers' : 'weight bytes'
  const counted = artifact.layerPrecision ?? artifact.weightPrecision
  if (!counted) return null
  const shares = sharesByType(counted, artifact.precision)
  return { of, shares, share: shares.find(({ isOwn }) => isOwn)?.share ?? 0 }
}

/** `98.2`: never rounded up to 100. */
export function shareText(share: number): string {
  const percent = share * 100
  return percent > 99.9 && percent < 100 ? '99.9' : Number(percent.toFixed(1)).toString()
}

/** `FP16 98.2 %, FP32 1.8 % of layers`. */
export function proofWords({ shares, of }: ProofFigure, precision: Precision): string {
  const [own, next] = shares
  if (!own?.isOwn) return `${precisionLabel(precision)} 0 % of ${of}`
  const second = next && own.share < 0.9 ? `, ${next.label} ${shareText(next.share)} %` : ''
  return second ? `${own.label} ${shareText(own.share)} %${second}` : `${own.label} ${shareText(own.share)} % of ${of}`
}
