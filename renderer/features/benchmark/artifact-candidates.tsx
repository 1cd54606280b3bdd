// Candidates that run one artifact and no other: named by its hash, with the parity that it was given when it was made.
import { backendLabels } from '../../../shared/domain/backend.ts'
import type { Candidate, Plan } from '../../../shared/domain/plan.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { Mark } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { artifactName, shortHash } from '../../format/artifact.ts'
import { bytes } from '../../format/number.ts'
import { useArtifacts } from '../../state/artifacts.ts'
import { removeCandidate } from '../../state/plan-draft.ts'

export function ArtifactCandidates({ plan }: { readonly plan: Plan }) {
  const named = plan.candidates.filter(({ artifact }) => artifact !== undefined)
  if (named.length === 0) return null
  return (
    <ul className="artifact-candidates small" aria-label="Artifacts to run">
      {named.map((candidate) => (
        <ArtifactCandidate key={`${candidate.backend} ${candidate.artifact}`} candidate={candidate} />
      ))}
    </ul>
  )
}

function ArtifactCandidate({ candidate }: { readonly candidate: Candidate }) {
  const artifacts = useArtifacts()
  const { backend, precision, artifact: sha256 = '' } = candidate
  const artifact = artifacts.data?.find((each) => each.sha256 === sha256)
  return (
    <li>
      <Mark backend={backend} precision={precision} radius={3.8} />
      <b>
        {backendLabels[backend]} {precisionLabel(precision)}
      </b>
      <span className="mono">{shortHash(sha256)}</span>
      <span className="quiet" title={artifact?.parity.reason}>
        {artifact ? (
          <>
            {artifactName(artifact)}, {bytes(artifact.sizeBytes)} <Verdict verdict={artifact.parity.verdict} />
          </>
        ) : (
          'no longer here'
        )}
      </span>
      <Button kind="plain" onClick={() => removeCandidate(candidate)}>
        Leave out
      </Button>
    </li>
  )
}
