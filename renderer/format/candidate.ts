// What a case is called wherever it shows: backend and precision in words, and which copy it is.
import { type BackendId, backendLabels } from '../../shared/domain/backend.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'

export interface CandidateName {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
}

export function backendName({ caseKey, backend }: CandidateName): string {
  const copy = /\.(\d+)$/.exec(caseKey)?.[1]
  return copy ? `${backendLabels[backend]}, copy ${copy}` : backendLabels[backend]
}

export function candidateName(candidate: CandidateName): string {
  return `${backendName(candidate)} ${precisionLabel(candidate.precision)}`
}
