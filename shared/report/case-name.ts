// What a case is called wherever it shows: backend and precision in words, and which copy it is.
import { type BackendId, backendLabels } from '../domain/backend.ts'
import { type Precision, precisionLabel } from '../domain/precision.ts'
import type { GroupRecord } from '../domain/run.ts'

export interface CaseIdentity {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
}

/** `ONNX Runtime`, `PyTorch eager, copy 2`. */
export function backendName({ caseKey, backend }: CaseIdentity): string {
  const copy = /\.(\d+)$/.exec(caseKey)?.[1]
  return copy === undefined ? backendLabels[backend] : `${backendLabels[backend]}, copy ${copy}`
}

/** `ONNX Runtime FP32`. */
export function caseName(identity: CaseIdentity): string {
  return `${backendName(identity)} ${precisionLabel(identity.precision)}`
}

export function baselineName({ baseline, cases }: GroupRecord): string {
  const found = cases.find(({ caseKey }) => caseKey === baseline)
  return found === undefined ? baseline : caseName(found)
}
