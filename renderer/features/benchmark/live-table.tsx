// The live lanes as a table.

import { caseName } from '../../../shared/report/case-name.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { ChartTable } from '../../components/chart-table.tsx'
import { FigureText } from '../../components/figure-text.tsx'
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
          caseName(each),
          each.reason ? `${each.state}: ${each.reason}` : each.state,
          <FigureText key="p50" figure={each.p50Ms} format={numberText} />,
          halfWidthText(each.p50Ms) ?? '–',
          countText(each.sampleCount),
        ],
      }))}
    />
  )
}
