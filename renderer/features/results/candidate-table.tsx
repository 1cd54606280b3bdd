// Every figure of every candidate as a table, with intervals in full.
import { type Figure, missing } from '../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { countText, mebibytesText, numberText, timesText } from '../../../shared/report/figure-text.ts'
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
  const onCpu = group.device === 'cpu'
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
        { title: 'Engine declares, MiB', number: true },
        { title: 'Allocator peak, MiB', number: true },
        { title: onCpu ? 'Process memory (RSS), MiB' : 'Process GPU memory, MiB', number: true },
        { title: 'Energy, J / image', number: true },
        { title: 'Net of idle, J / image', number: true },
        { title: 'Accuracy', number: true },
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
          <FigureText key="engine" figure={record.memory.engineDeclaredBytes} format={mebibytesText} />,
          <FigureText key="allocator" figure={record.memory.allocatorPeakBytes} format={mebibytesText} />,
          <span key="memory" title={record.processPeakMethod}>
            <FigureText figure={record.memory.processPeakBytes} format={mebibytesText} />
          </span>,
          <FigureText key="energy" figure={record.energyJoulesPerImage} format={numberText} />,
          <FigureText key="net" figure={netEnergyOf(record)} format={numberText} />,
          <FigureText key="accuracy" figure={record.accuracy} format={(share) => percent(share, 2)} />,
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

function netEnergyOf({ energy, energyJoulesPerImage }: CaseRecord): Figure {
  if (energy && 'netJoulesPerImage' in energy) return energy.netJoulesPerImage
  return energyJoulesPerImage.value === null ? energyJoulesPerImage : missing('the idle power was not measured')
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
