// Layers and weight bytes by type, as bars or as a table.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { ShareBars } from '../../charts/share-bars.tsx'
import { useChartWidth } from '../../charts/width-of.ts'
import { ChartTable } from '../../components/chart-table.tsx'
import { backendOfKind } from '../../format/artifact.ts'
import { percent } from '../../format/number.ts'
import { sharesByType, shareText } from './proof.ts'

export function SharePanel({ artifact, table }: { readonly artifact: Artifact; readonly table: boolean }) {
  const { ref, width } = useChartWidth(312)
  const rows = shareRows(artifact)
  const own = rows.find(({ isOwn }) => isOwn)
  const title = own
    ? [
        own.layers === null ? '' : `${shareText(own.layers)} % of layers`,
        own.weights === null ? '' : `${shareText(own.weights)} % of weights`,
      ]
        .filter(Boolean)
        .join(', ')
    : `Nothing is in ${precisionLabel(artifact.precision)}`
  return (
    <section className="inspector-section" aria-label="Shares by type">
      <h2>
        {title} <small>by type, %; layers over weights</small>
      </h2>
      <div ref={ref} className="inspector-chart">
        {table ? (
          <ChartTable
            caption="Shares by type"
            columns={[{ title: 'Type' }, { title: 'Layers', number: true }, { title: 'Weight bytes', number: true }]}
            rows={rows.map(({ label, layers, weights }) => ({
              key: label,
              cells: [label, layers === null ? '–' : percent(layers, 2), weights === null ? '–' : percent(weights, 2)],
            }))}
          />
        ) : (
          <ShareBars rows={rows} backend={backendOfKind[artifact.kind]} width={width} label={title} />
        )}
      </div>
    </section>
  )
}

function shareRows({ layerPrecision, weightPrecision, precision }: Artifact) {
  const layers = sharesByType(layerPrecision ?? {}, precision)
  const weights = sharesByType(weightPrecision ?? {}, precision)
  const types = [...new Map([...layers, ...weights].map((each) => [each.type, each])).values()]
  types.sort((a, b) => Number(b.isOwn) - Number(a.isOwn))
  const shareIn = (shares: typeof layers, type: string) => shares.find((each) => each.type === type)?.share ?? 0
  return types.map(({ type, label, isOwn }) => ({
    label,
    isOwn,
    layers: layerPrecision ? shareIn(layers, type) : null,
    weights: weightPrecision ? shareIn(weights, type) : null,
  }))
}
