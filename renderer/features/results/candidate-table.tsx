// Every figure of the candidates as text: two tables, and the chosen candidate in one line.
import { type Figure, missing } from '../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { countText, mebibytesText, numberText } from '../../../shared/report/figure-text.ts'
import { singleBuildWords } from '../../../shared/report/method-words.ts'
import { fineText, ratioWords, verdictWords } from '../../../shared/report/verdict-words.ts'
import { Mark } from '../../components/backend-mark.tsx'
import { Verdict } from '../../components/glyph.tsx'
import { ChartTable, FigureText } from '../../components/tables.tsx'
import { percent } from '../../format/quantity.ts'
import { standingOf } from './candidate-rows.tsx'

interface CandidateTableProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
}

/** Every figure of every candidate as a table, with intervals in full. */
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
  const { speedup } = record
  if (speedup.value === null || speedup.verdict === 'refused') return `${verdictWords(speedup)}: ${speedup.reason}`
  return `${ratioWords(speedup, fineText)} ${verdictWords(speedup)}`
}

interface MemoryEnergyTableProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
}

/** The three memory numbers and the gross and net energy of every candidate, each with how it was read. */
export function MemoryEnergyTable({ group, cases }: MemoryEnergyTableProps) {
  const onCpu = group.device === 'cpu'
  return (
    <ChartTable
      caption={`Memory and energy at batch ${group.batchSize}`}
      columns={[
        { title: 'Candidate' },
        { title: 'Declared by engine, MiB', number: true },
        { title: 'Allocator peak, MiB', number: true },
        { title: onCpu ? 'Process memory (RSS), MiB' : 'Process GPU memory, MiB', number: true },
        { title: 'How measured' },
        { title: 'Energy, J / image', number: true },
        { title: 'Net of idle, J / image', number: true },
        { title: 'Measured at' },
      ]}
      rows={cases.map((record) => ({
        key: record.caseKey,
        cells: [
          caseName(record),
          <FigureText key="engine" figure={record.memory.engineDeclaredBytes} format={mebibytesText} />,
          <FigureText key="allocator" figure={record.memory.allocatorPeakBytes} format={mebibytesText} />,
          <FigureText key="process" figure={record.memory.processPeakBytes} format={mebibytesText} />,
          record.processPeakMethod ?? (onCpu ? 'peak resident memory' : '–'),
          <FigureText key="gross" figure={record.energyJoulesPerImage} format={numberText} />,
          <FigureText key="net" figure={netEnergyOf(record)} format={numberText} />,
          record.energy && 'boundary' in record.energy ? record.energy.boundary : '–',
        ],
      }))}
    />
  )
}

function netEnergyOf({ energy, energyJoulesPerImage }: CaseRecord): Figure {
  if (energy && 'netJoulesPerImage' in energy) return energy.netJoulesPerImage
  return energyJoulesPerImage.value === null ? energyJoulesPerImage : missing('idle power was not measured')
}

interface CandidateDetailProps {
  readonly record: CaseRecord
  readonly group: GroupRecord
}

/**
 * The chosen candidate in one line under the rows: its three memory numbers, each labelled, and its gross and net
 * energy. What was not measured says why.
 */
export function CandidateDetail({ record, group }: CandidateDetailProps) {
  const { memory, processPeakMethod, energy, energyJoulesPerImage } = record
  const process = processPeakMethod ?? (group.device === 'cpu' ? 'peak resident memory' : 'method not recorded')
  const singleBuild = singleBuildWords(record, group)
  return (
    <section className="candidate-detail small" aria-label="Memory and energy of the chosen candidate">
      <span className="named">
        <Mark backend={record.backend} precision={record.precision} radius={3.8} />
        {caseName(record)}
      </span>
      <Detail name="◇ declared by engine" figure={memory.engineDeclaredBytes} format={mebibytesText} unit="MiB" />
      <Detail name="○ allocator peak" figure={memory.allocatorPeakBytes} format={mebibytesText} unit="MiB" />
      <Detail name="│ process peak" figure={memory.processPeakBytes} format={mebibytesText} unit="MiB" note={process} />
      <Detail name="energy, gross" figure={energyJoulesPerImage} format={numberText} unit="J / image" />
      {energy && 'netJoulesPerImage' in energy && (
        <Detail
          name="net of idle"
          figure={energy.netJoulesPerImage}
          format={numberText}
          unit="J / image"
          note={`${numberText(energy.averageWatts)} W${energy.idleWatts === null ? '' : `, idle ${numberText(energy.idleWatts)} W`}, ${energy.boundary}`}
        />
      )}
      {singleBuild && <span className="faint">speedup {singleBuild}</span>}
    </section>
  )
}

interface DetailProps {
  readonly name: string
  readonly figure: Figure
  readonly format: (value: number) => string
  readonly unit: string
  readonly note?: string
}

function Detail({ name, figure, format, unit, note }: DetailProps) {
  return (
    <span>
      <span className="faint">{name} </span>
      {figure.value === null ? (
        <span className="faint">– {figure.reason}</span>
      ) : (
        <>
          <span className="strong">{format(figure.value)}</span> <span className="quiet">{unit}</span>
          {note && <span className="faint"> ({note})</span>}
        </>
      )}
    </span>
  )
}
