// Memory as its three numbers and energy gross and net of every candidate, each with how it was read.
import { type Figure, missing } from '../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { mebibytesText, numberText } from '../../../shared/report/figure-text.ts'
import { ChartTable } from '../../components/chart-table.tsx'
import { FigureText } from '../../components/figure-text.tsx'

interface MemoryEnergyTableProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
}

export function MemoryEnergyTable({ group, cases }: MemoryEnergyTableProps) {
  const onCpu = group.device === 'cpu'
  return (
    <ChartTable
      caption={`Memory and energy at batch ${group.batchSize}`}
      columns={[
        { title: 'Candidate' },
        { title: 'Engine declares, MiB', number: true },
        { title: 'Allocator peak, MiB', number: true },
        { title: onCpu ? 'Process memory (RSS), MiB' : 'Process GPU memory, MiB', number: true },
        { title: 'Read as' },
        { title: 'Energy, J / image', number: true },
        { title: 'Net of idle, J / image', number: true },
        { title: 'Metered' },
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
  return energyJoulesPerImage.value === null ? energyJoulesPerImage : missing('the idle power was not measured')
}
