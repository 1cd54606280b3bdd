// The layers that cost INT8 its parity, the worst first, and the button that keeps some of them in higher precision.
import { useState } from 'react'
import type { LayerSensitivity } from '../../../shared/domain/artifact.ts'
import { Button } from '../../components/button.tsx'
import { NumberField } from '../../components/form-fields.tsx'

const shownLayers = 12

interface SensitivityPanelProps {
  readonly layers: readonly LayerSensitivity[]
  readonly onKeep: (names: readonly string[]) => void
}

export function SensitivityPanel({ layers, onKeep }: SensitivityPanelProps) {
  const [count, setCount] = useState(3)
  const [all, setAll] = useState(false)
  const sorted = bySensitivity(layers)
  const worst = worstLayers(layers, count)
  return (
    <section className="inspector-section" aria-label="Sensitivity">
      <h2>
        Accuracy cost of each layer <small>only that layer in INT8, compared with FP32</small>
      </h2>
      <table className="chart-table sensitivity">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col" className="number">
              1 − cosine
            </th>
            <th scope="col" className="number">
              Max abs
            </th>
          </tr>
        </thead>
        <tbody>
          {(all ? sorted : sorted.slice(0, shownLayers)).map((layer) => (
            <tr key={layer.name} data-kept={worst.includes(layer.name) || undefined}>
              <td title={layer.name}>
                {layer.name} <span className="faint">{layer.operator}</span>
              </td>
              <td className="number">{layer.cosineSimilarity === null ? '–' : lossOf(layer).toExponential(1)}</td>
              <td className="number">{layer.maxAbsError === null ? '–' : layer.maxAbsError.toExponential(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > shownLayers && (
        <Button kind="plain" onClick={() => setAll(!all)}>
          {all ? 'Show only the worst' : `Show all ${sorted.length} layers`}
        </Button>
      )}
      <div className="sensitivity-keep">
        <NumberField
          label="Keep"
          unit="layers"
          value={count}
          min={1}
          max={Math.max(1, layers.length)}
          onChange={setCount}
        />
        <Button onClick={() => onKeep(worst)} disabled={worst.length === 0}>
          Keep the worst {worst.length} in higher precision, rebuild
        </Button>
      </div>
    </section>
  )
}

/** Layers by their INT8 cost, the largest loss first. Layers that could not be judged come last. */
function bySensitivity(layers: readonly LayerSensitivity[]): LayerSensitivity[] {
  return [...layers].sort((a, b) => lossOf(b) - lossOf(a) || (b.maxAbsError ?? -1) - (a.maxAbsError ?? -1))
}

/** 1 − cosine; −1 if unknown. */
function lossOf({ cosineSimilarity }: LayerSensitivity): number {
  return cosineSimilarity === null ? -1 : 1 - cosineSimilarity
}

/** Names of the worst layers that have a loss. */
export function worstLayers(layers: readonly LayerSensitivity[], count: number): string[] {
  return bySensitivity(layers)
    .filter((layer) => lossOf(layer) > 0)
    .slice(0, count)
    .map(({ name }) => name)
}
