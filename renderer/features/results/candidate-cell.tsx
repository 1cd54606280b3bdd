// A row's name: mark, backend, precision, and what its precision really was where that is not what was asked.

import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import { backendName } from '../../../shared/report/case-name.ts'
import { Mark } from '../../components/backend-mark.tsx'

export function CandidateCell({ record, height }: { readonly record: CaseRecord; readonly height: number }) {
  const proof = record.precisionProof
  const asked = record.backend === 'simulated' || proof?.label.toLowerCase() === record.precision
  const claim = proof && !asked ? proof.label : null
  const flags = record.badges.filter(
    (badge) => badge === 'noisy' || badge === 'throttled' || badge === 'no-steady-state',
  )
  const note = [claim, ...flags.map((flag) => flag.replaceAll('-', ' '))].filter((each) => each !== null).join(', ')
  return (
    <div className="candidate-cell" style={{ height }}>
      <Mark backend={record.backend} precision={record.precision} />
      <span className="candidate-name" title={proof?.evidence.join('\n')}>
        <span className="strong">{backendName(record)}</span>
        <span className="small quiet">{precisionLabel(record.precision)}</span>
        {note && <small className={flags.length > 0 ? 'warn' : 'faint'}>{note}</small>}
      </span>
    </div>
  )
}
