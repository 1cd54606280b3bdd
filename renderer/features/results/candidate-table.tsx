// Every figure of every candidate as a table, with intervals in full.
import type { Figure } from '../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { countText, numberText, timesText } from '../../../shared/report/figure-text.ts'
import { ChartTable } from '../../components/chart-table.tsx'
import { FigureText } from '../../components/figure-text.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { percent } from '../../format/number.ts'
import { standingOf } from './row-standing.ts'

interface CandidateTableProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
}

export function CandidateTable({ group, cases }: CandidateTableProps) {
  const heading = cases.map(({ speedup }) => speedup.heading).find((each) => each !== null)
  const accuracy = cases.some((each) => each.accuracy.value !== null)
  return (
    <ChartTable
      caption={`Candidates at batch ${group.batchSize}`}
      columns={[
        { title: 'Candidate' },
        { title: heading ? `Speedup, × (${heading})` : 'Speedup, ×' },
        { title: 'p50, ms', number: true },
        { title: 'p95, ms', number: true },
        { title: 'p99, ms', number: true },
        { title: 'Images / s', number: true },
        ...(accuracy ? [{ title: 'Accuracy', number: true }] : []),
        { title: 'Parity' },
        { title: 'Samples', number: true },
      ]}
      rows={cases.map((record) => ({
        key: record.caseKey,
        cells: [
          caseName(record),
          speedupWords(record, group),
          <WithInterval key="p50" figure={record.latencyMs.p50} format={numberText} />,
          <WithInterval key="p95" figure={record.latencyMs.p95} format={numberText} />,
          <WithInterval key="p99" figure={record.latencyMs.p99} format={numberText} />,
          <WithInterval key="ips" figure={record.imagesPerSecond} format={countText} />,
          ...(accuracy
            ? [<FigureText key="accuracy" figure={record.accuracy} format={(share) => percent(share, 2)} />]
            : []),
          <span key="parity">
            <Verdict verdict={record.parity.verdict} /> <span className="quiet">{record.parity.reason}</span>
          </span>,
          countText(record.sampleCount),
        ],
      }))}
    />
  )
}

function WithInterval({ figure, format }: { readonly figure: Figure; readonly format: (value: number) => string }) {
  return (
    <>
      <FigureText figure={figure} format={format} />
      {figure.value !== null && figure.interval && (
        <span className="faint">
          {' '}
          ({format(figure.interval.low)} – {format(figure.interval.high)})
        </span>
      )}
    </>
  )
}

function speedupWords(record: CaseRecord, group: GroupRecord): string {
  const standing = standingOf(record, group)
  if (standing === 'absent') return `${record.state}: ${record.reason ?? record.speedup.reason}`
  if (standing === 'baseline') return '1 × baseline'
  const { value, interval, verdict, reason } = record.speedup
  if (value === null || verdict === 'refused') return `refused: ${reason}`
  const range = interval ? ` (${interval.low.toFixed(3)} – ${interval.high.toFixed(3)})` : ''
  return verdict === 'no-difference'
    ? `no difference shown: ${timesText(value)}${range}`
    : `${timesText(value)}${range}`
}
