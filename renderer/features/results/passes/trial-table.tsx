// Every trial of the server scenario, in the order in which they were tried.
import { caseName } from '../../../../shared/report/case-words.ts'
import { countText, numberText } from '../../../../shared/report/figure-text.ts'
import { ChartTable, FigureText } from '../../../components/tables.tsx'
import type { MeasuredCase } from './outcomes.ts'
import type { MeasuredServing } from './serving-titles.ts'

interface TrialTableProps {
  readonly measured: readonly MeasuredCase<MeasuredServing>[]
  readonly percentile: string
}

export function TrialTable({ measured, percentile }: TrialTableProps) {
  return (
    <ChartTable
      caption="Trials of the server scenario"
      columns={[
        { title: 'Candidate' },
        { title: 'Arrivals / s', number: true },
        { title: `${percentile}, ms`, number: true },
        { title: 'Answered / s', number: true },
        { title: 'Queries', number: true },
        { title: 'Keeps the bound' },
      ]}
      rows={measured.flatMap(({ record, pass }) =>
        pass.trials.map((trial, index) => ({
          key: `${record.caseKey} ${index}`,
          cells: [
            caseName(record),
            numberText(trial.ratePerSecond),
            <FigureText key="latency" figure={trial.latencyMs} format={numberText} />,
            numberText(trial.completedPerSecond),
            countText(trial.queries),
            trial.keepsBound ? 'yes' : 'no',
          ],
        })),
      )}
    />
  )
}
