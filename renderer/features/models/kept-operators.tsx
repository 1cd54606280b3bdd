// What stayed in FP32, and why. What was asked to stay and is not in the graph is left out.
import type { Artifact } from '../../../shared/domain/artifact.ts'

export function KeptOperators({ artifact }: { readonly artifact: Artifact }) {
  const kept = (artifact.keptInFp32 ?? []).filter(({ count }) => count > 0)
  if (kept.length === 0) return null
  return (
    <section className="inspector-section" aria-label="Kept in FP32">
      <h2>Kept in FP32</h2>
      <ul className="kept small">
        {kept.map(({ operator, count, reason }) => (
          <li key={`${operator} ${reason}`}>
            <b>
              {operator} <span className="quiet number">× {count}</span>
            </b>
            <span className="quiet">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
