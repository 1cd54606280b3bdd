// The chosen candidate in one line under the rows: its three numbers of memory, each named, and its energy gross and
// net. What was not measured says why.
import type { Figure } from '../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { mebibytesText, numberText } from '../../../shared/report/figure-text.ts'
import { singleBuildWords } from '../../../shared/report/single-build-words.ts'
import { Mark } from '../../components/backend-mark.tsx'

interface CandidateDetailProps {
  readonly record: CaseRecord
  readonly group: GroupRecord
}

export function CandidateDetail({ record, group }: CandidateDetailProps) {
  const { memory, processPeakMethod, energy, energyJoulesPerImage } = record
  const process = processPeakMethod ?? (group.device === 'cpu' ? 'peak resident memory' : 'how it was read is not kept')
  const singleBuild = singleBuildWords(record, group)
  return (
    <section className="candidate-detail small" aria-label="Memory and energy of the chosen candidate">
      <span className="named">
        <Mark backend={record.backend} precision={record.precision} radius={3.8} />
        {caseName(record)}
      </span>
      <Detail name="◇ engine declares" figure={memory.engineDeclaredBytes} format={mebibytesText} unit="MiB" />
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
