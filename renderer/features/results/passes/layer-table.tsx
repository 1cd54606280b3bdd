// The layers of one engine, costliest first, with their share of all that the profile tells.
import { countText, numberText, percentText } from '../../../../shared/report/figure-text.ts'
import { ChartTable } from '../../../components/tables.tsx'
import { type MeasuredLayers, wholeMs } from './operator-times.ts'

interface LayerTableProps {
  readonly name: string
  readonly layers: MeasuredLayers
  readonly shown: number
}

export function LayerTable({ name, layers, shown }: LayerTableProps) {
  const whole = wholeMs(layers)
  const rows = layers.layers.slice(0, shown)
  const left = layers.layers.length - rows.length + layers.otherLayers
  return (
    <div className="layer-table">
      <ChartTable
        caption={`Costliest layers of ${name}`}
        columns={[
          { title: `Layer of ${name}` },
          { title: 'Operator' },
          { title: 'ms', number: true },
          { title: 'Share', number: true },
        ]}
        rows={rows.map((layer, index) => ({
          key: `${index} ${layer.name}`,
          cells: [
            <span key="name" className="layer-name" title={layer.name}>
              {layer.name}
            </span>,
            layer.operator,
            numberText(layer.timeMs),
            whole === 0 ? '–' : percentText(layer.timeMs / whole),
          ],
        }))}
      />
      {left > 0 && <p className="micro faint">and {countText(left)} cheaper layers</p>}
    </div>
  )
}
