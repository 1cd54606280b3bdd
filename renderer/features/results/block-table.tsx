// Raw samples as a table: a line a block.
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { ChartTable } from '../../components/chart-table.tsx'

export function BlockTable({ blocks }: { readonly blocks: readonly SampleBlock[] }) {
  return (
    <div className="block-table">
      <ChartTable
        caption="Blocks in order of measuring"
        columns={[
          { title: 'Launch', number: true },
          { title: 'Round', number: true },
          { title: 'Samples', number: true },
          { title: 'Median, ms', number: true },
          { title: 'Slowest, ms', number: true },
          { title: 'Flags' },
        ]}
        rows={blocks.map((block) => ({
          key: String(block.block),
          cells: [
            block.launch + 1,
            block.round + 1,
            countText(block.latenciesMs.length - block.leadSamples),
            numberText(medianOf(block)),
            numberText(block.latenciesMs.reduce((slowest, each) => Math.max(slowest, each), 0)),
            block.flags.length > 0 ? block.flags.join(', ').replaceAll('-', ' ') : '–',
          ],
        }))}
      />
    </div>
  )
}

function medianOf({ latenciesMs, leadSamples }: SampleBlock): number {
  const sorted = latenciesMs.slice(leadSamples).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
