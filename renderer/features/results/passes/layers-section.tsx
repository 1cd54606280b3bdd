// Two chosen engines by operator type, and the costliest layers of the first. A profiler slows what it watches: use the
// shares, never compare them as latencies.
import { useState } from 'react'
import type { CaseRecord } from '../../../../shared/domain/run.ts'
import { type MeasuredLayers, operatorRows, profiledMs } from '../../../../shared/passes/layers.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { countText, numberText, percentText } from '../../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../../charts/chart-frame.tsx'
import { OperatorBars } from '../../../charts/operator-bars.tsx'
import { Mark } from '../../../components/backend-mark.tsx'
import { ChartTable } from '../../../components/tables.tsx'
import { type MeasuredCase, outcomesOf, PassPanel, type PassSectionProps, UnaskedPass } from './pass-panel.tsx'

const shownOperators = 9
/** Maximum number of rows per engine in the table; the report has all stored layers. */
const tabledLayers = 100

export function LayersSection({ record, cases, selected, asTable }: PassSectionProps) {
  const { ref, width } = useChartWidth(700)
  const [firstKey, setFirstKey] = useState<string | null>(null)
  const [secondKey, setSecondKey] = useState<string | null>(null)
  const { measured, refused, asked } = outcomesOf(cases, 'layerTimes')
  if (!asked) return <UnaskedPass pass="layers" record={record} />
  const first = find(measured, firstKey) ?? find(measured, selected.caseKey) ?? measured[0] ?? null
  const others = measured.filter((each) => each !== first)
  const second = find(others, secondKey) ?? others[0] ?? null
  const rows = first ? operatorRows(first.pass, second?.pass ?? null) : []
  const methods = [...new Set([first, second].flatMap((each) => (each ? [each.pass.method] : [])))]
  return (
    <PassPanel
      title={first ? titleOf(first) : 'Time by layer'}
      what="ms of one query as the profiler tells it, by operator"
      record={record}
      refused={refused}
      notes={
        first
          ? [
              `n = ${[first, second].flatMap((each) => (each ? [countText(each.pass.queries)] : [])).join(' and ')} queries. A profiler slows what it watches: shares to look at, not latencies to compare.`,
              ...methods,
            ]
          : []
      }
    >
      {first && (
        <>
          <div className="engine-pickers small">
            <EnginePicker
              label="First engine"
              cases={recordsOf(measured)}
              value={first.record}
              onChange={setFirstKey}
            />
            {second && (
              <EnginePicker
                label="Second engine"
                cases={recordsOf(others)}
                value={second.record}
                onChange={setSecondKey}
              />
            )}
          </div>
          {asTable ? (
            <OperatorTable first={first} second={second} />
          ) : (
            <div className="layer-columns">
              <div ref={ref}>
                <OperatorBars
                  first={{ name: caseName(first.record), backend: first.record.backend }}
                  second={second && { name: caseName(second.record), backend: second.record.backend }}
                  rows={rows.slice(0, shownOperators)}
                  width={width}
                />
                {rows.length > shownOperators && (
                  <p className="micro faint">
                    {rows.length - shownOperators} more kinds of operator are in the table (T).
                  </p>
                )}
              </div>
              <LayerTable name={caseName(first.record)} layers={first.pass} shown={shownOperators} />
            </div>
          )}
        </>
      )}
    </PassPanel>
  )
}

function find(measured: readonly MeasuredCase<MeasuredLayers>[], caseKey: string | null) {
  return measured.find(({ record }) => record.caseKey === caseKey) ?? null
}

function recordsOf(measured: readonly MeasuredCase<MeasuredLayers>[]): readonly CaseRecord[] {
  return measured.map(({ record }) => record)
}

function titleOf({ record, pass }: MeasuredCase<MeasuredLayers>): string {
  const [costliest] = operatorRows(pass, null)
  if (!costliest?.firstMs) return `${caseName(record)}, by layer`
  const share = Math.round((costliest.firstMs / profiledMs(pass)) * 100)
  return `${costliest.operator} takes ${share} % of ${caseName(record)}`
}

interface OperatorTableProps {
  readonly first: MeasuredCase<MeasuredLayers>
  readonly second: MeasuredCase<MeasuredLayers> | null
}

function OperatorTable({ first, second }: OperatorTableProps) {
  const engines = [first, ...(second ? [second] : [])]
  const cellsOf = (ms: number | null, pass: MeasuredLayers) =>
    ms === null ? ['–', '–'] : [numberText(ms), percentText(ms / profiledMs(pass))]
  return (
    <>
      <ChartTable
        caption="Time by operator, ms of one query"
        columns={[
          { title: 'Operator' },
          ...engines.flatMap(({ record }) => [
            { title: `${caseName(record)}, ms`, number: true },
            { title: `${caseName(record)}, share`, number: true },
          ]),
        ]}
        rows={operatorRows(first.pass, second?.pass ?? null).map(({ operator, firstMs, secondMs }) => ({
          key: operator,
          cells: [operator, ...cellsOf(firstMs, first.pass), ...(second ? cellsOf(secondMs, second.pass) : [])],
        }))}
      />
      {engines.map(({ record, pass }) => (
        <LayerTable key={record.caseKey} name={caseName(record)} layers={pass} shown={tabledLayers} />
      ))}
    </>
  )
}

interface EnginePickerProps {
  readonly label: string
  readonly cases: readonly CaseRecord[]
  readonly value: CaseRecord
  readonly onChange: (caseKey: string) => void
}

function EnginePicker({ label, cases, value, onChange }: EnginePickerProps) {
  return (
    <span className="engine-picker">
      <Mark backend={value.backend} precision={value.precision} radius={3.8} />
      <select
        className="field"
        aria-label={label}
        value={value.caseKey}
        onChange={({ target }) => onChange(target.value)}
      >
        {cases.map((each) => (
          <option key={each.caseKey} value={each.caseKey}>
            {caseName(each)}
          </option>
        ))}
      </select>
    </span>
  )
}

interface LayerTableProps {
  readonly name: string
  readonly layers: MeasuredLayers
  readonly shown: number
}

function LayerTable({ name, layers, shown }: LayerTableProps) {
  const whole = profiledMs(layers)
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
