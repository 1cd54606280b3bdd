// A row's name: mark, backend, precision, and what its precision really was where that is not what was asked.

import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import { backendName } from '../../../shared/report/case-name.ts'
import { Mark } from '../../components/backend-mark.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { shortHash } from '../../format/artifact.ts'
import { useArtifacts } from '../../state/artifacts.ts'

/** Of a case that was to run one artifact: its hash, and the parity that it was given when it was made. */
function useArtifactOf({ caseKey, artifactSha256 }: CaseRecord) {
  const artifacts = useArtifacts()
  const hash = artifactSha256 && caseKey.includes(`-${shortHash(artifactSha256)}`) ? shortHash(artifactSha256) : null
  if (hash === null) return null
  const parity = artifacts.data?.find(({ sha256 }) => sha256 === artifactSha256)?.parity
  return { hash, verdict: parity?.verdict ?? null, parity: parity ? `made with parity: ${parity.reason}` : null }
}

export function CandidateCell({ record, height }: { readonly record: CaseRecord; readonly height: number }) {
  const proof = record.precisionProof
  const asked = record.backend === 'simulated' || proof?.label.toLowerCase() === record.precision
  const claim = proof && !asked ? proof.label : null
  const flags = record.badges.filter(
    (badge) => badge === 'noisy' || badge === 'throttled' || badge === 'no-steady-state',
  )
  const note = [claim, ...flags.map((flag) => flag.replaceAll('-', ' '))].filter((each) => each !== null).join(', ')
  const artifact = useArtifactOf(record)
  return (
    <div className="candidate-cell" style={{ height }}>
      <Mark backend={record.backend} precision={record.precision} />
      <span className="candidate-name" title={proof?.evidence.join('\n')}>
        <span className="strong">{backendName(record)}</span>
        <span className="small quiet">{precisionLabel(record.precision)}</span>
        {artifact && (
          <small className="faint artifact-of" title={artifact.parity ?? undefined}>
            {artifact.hash}
            {artifact.verdict && <Verdict verdict={artifact.verdict} />}
          </small>
        )}
        {note && <small className={flags.length > 0 ? 'warn' : 'faint'}>{note}</small>}
      </span>
    </div>
  )
}
