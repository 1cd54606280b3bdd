// Backend by precision: a cell is a candidate. What cannot run is greyed with its reason, never hidden.
import { type BackendStatus, backendLabels } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import { type Precision, precisionLabel, precisionSchema } from '../../../shared/domain/precision.ts'
import { Mark, Swatch } from '../../components/backend-mark.tsx'
import { hasCandidate, toggleCandidate } from '../../state/plan-draft.ts'

interface CandidateGridProps {
  readonly plan: Plan
  readonly manifest: ModelManifest | null
  readonly backends: readonly BackendStatus[]
}

export function CandidateGrid({ plan, manifest, backends }: CandidateGridProps) {
  return (
    <table className="candidate-grid">
      <caption className="visually-hidden">Candidates: backend by precision</caption>
      <tbody>
        {backends.map((backend) => {
          const obstacle = obstacleOf(backend, manifest)
          return (
            <tr key={backend.id} className={obstacle ? 'unavailable' : undefined}>
              <th scope="row">
                <span className="named">
                  <Swatch backend={backend.id} />
                  {backendLabels[backend.id]}
                </span>
              </th>
              {precisionSchema.options.map((precision) => (
                <td key={precision}>
                  <CandidateCell plan={plan} backend={backend} precision={precision} open={obstacle === null} />
                </td>
              ))}
              <td className="why small" title={obstacle ?? undefined}>
                {obstacle}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface CandidateCellProps {
  readonly plan: Plan
  readonly backend: BackendStatus
  readonly precision: Precision
  readonly open: boolean
}

function CandidateCell({ plan, backend, precision, open }: CandidateCellProps) {
  const chosen = hasCandidate(plan, backend.id, precision)
  if (!backend.precisions.includes(precision) && !chosen) return <span className="no-cell" />
  return (
    <button
      type="button"
      className="candidate"
      aria-pressed={chosen}
      aria-label={`${backendLabels[backend.id]} ${precisionLabel(precision)}`}
      disabled={!open && !chosen}
      onClick={() => toggleCandidate(backend.id, precision)}
    >
      <Mark backend={backend.id} precision={precision} radius={3.8} />
      {precisionLabel(precision)}
    </button>
  )
}

function obstacleOf(backend: BackendStatus, manifest: ModelManifest | null): string | null {
  if (!backend.available) return backend.reason ?? 'not ready'
  if (manifest && backend.id !== 'simulated' && !manifest.backends.includes(backend.id)) {
    return `does not run ${manifest.name}`
  }
  return null
}
