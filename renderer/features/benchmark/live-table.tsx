// The live lanes as a table.
import { ChartTable } from '../../components/chart-table.tsx'
import { FigureText } from '../../components/figure-text.tsx'
import { candidateName } from '../../format/candidate.ts'
import { count, threeDigits } from '../../format/number.ts'
import type { LiveGroup } from '../../live/live-run.ts'
import { halfWidthText } from './interval-words.ts'

export function LiveTable({ group }: { readonly group: LiveGroup }) {
  return (
    <ChartTable
      caption={`Figures so far at batch ${group.batchSize}`}
      columns={[
        { title: 'Candidate' },
        { title: 'State' },
        { title: 'p50 so far, ms', number: true },
        { title: '95 % interval', number: true },
        { title: 'Samples', number: true },
      ]}
      rows={group.cases.map((each) => ({
        key: each.caseKey,
        cells: [
          candidateName(each),
          each.reason ? `${each.state}: ${each.reason}` : each.state,
          <FigureText key="p50" figure={each.p50Ms} format={threeDigits} />,
          halfWidthText(each.p50Ms) ?? '–',
          count(each.sampleCount),
        ],
      }))}
    />
  )
}
