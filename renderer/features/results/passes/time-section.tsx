// Where the time of one query goes: one stacked bar per case by the host's clock, the device's own times as lines below
// it. Time outside the rounds' latency is shown separately, hollow, since it may be many times as long.

import { missing, type NotMeasured } from '../../../../shared/domain/figure.ts'
import type { CaseRecord } from '../../../../shared/domain/run.ts'
import type { QueryPart, TimeSplit } from '../../../../shared/passes/time-split.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { countText, numberText } from '../../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../../charts/chart-frame.tsx'
import { type BarPart, PartKey, StackedBars, type StackedRow } from '../../../charts/stacked-bars.tsx'
import { ChartTable, FigureText } from '../../../components/tables.tsx'
import { outcomesOf, PassPanel, type PassSectionProps, UnaskedPass } from './pass-panel.tsx'

type MeasuredSplit = Exclude<TimeSplit, NotMeasured>

const parts: readonly { readonly part: QueryPart; readonly name: string; readonly shade: number }[] = [
  { part: 'preprocess', name: 'preprocess', shade: 3 },
  { part: 'host-to-device', name: 'host to device', shade: 1 },
  { part: 'compute', name: 'compute', shade: 0 },
  { part: 'device-to-host', name: 'device to host', shade: 2 },
  { part: 'postprocess', name: 'postprocess', shade: 3 },
]

export function TimeSection({ record, cases, selected, asTable }: PassSectionProps) {
  const { ref, width } = useChartWidth(1216)
  const { measured, refused, asked } = outcomesOf(cases, 'timeSplit')
  if (!asked) return <UnaskedPass pass="timeSplit" record={record} />
  const inside = measured.map(({ record: each, pass }) => rowOf(each, pass, false))
  const beside = measured.map(({ record: each, pass }) => rowOf(each, pass, true))
  const names = (rows: readonly StackedRow[]) => new Set(rows.flatMap((row) => row.parts.map(({ name }) => name)))
  const [held, left] = [names(inside), names(beside)]
  const hasDevice = inside.some((row) => row.parts.some(({ deviceMs }) => deviceMs !== null))
  const besideWidth = left.size > 0 ? Math.round(width * 0.26) : 0
  const chosen = measured.find(({ record: each }) => each.caseKey === selected.caseKey) ?? measured[0]
  return (
    <PassPanel
      title={chosen ? titleOf(caseName(chosen.record), partsOf(chosen.pass)) : 'Where a query’s time goes'}
      what="ms of one query, host clock"
      record={record}
      refused={refused}
      notes={notesOf(
        measured.map(({ pass }) => pass),
        chosen?.pass ?? null,
      )}
    >
      {asTable ? (
        <SplitTable
          rows={measured.map(({ record: each, pass }) => ({ name: caseName(each), key: each.caseKey, pass }))}
        />
      ) : (
        <div ref={ref} className="split-columns">
          <div>
            <StackedBars
              rows={inside}
              width={width - besideWidth}
              selectedKey={selected.caseKey}
              label="Parts of one query of every candidate; the table has the figures"
            />
            <PartKey items={parts.filter(({ name }) => held.has(name)).map((part) => ({ ...part, hollow: false }))}>
              {hasDevice && <span>⊢ by the device’s own clock, never added</span>}
            </PartKey>
          </div>
          {left.size > 0 && (
            <div>
              <StackedBars
                rows={beside}
                width={besideWidth}
                selectedKey={selected.caseKey}
                label="Parts that the latency does not hold; the table has the figures"
                named={false}
              />
              <p className="micro quiet part-key">
                <span>
                  <i className="hollow" /> not in the latency, on an axis of its own: {[...left].join(', ')}
                </span>
              </p>
            </div>
          )}
        </div>
      )}
    </PassPanel>
  )
}

function rowOf(record: CaseRecord, split: MeasuredSplit, hollow: boolean): StackedRow {
  return { record, parts: partsOf(split).filter((part) => part.hollow === hollow), whole: null }
}

function partsOf(split: MeasuredSplit): readonly BarPart[] {
  return parts.flatMap(({ part, name, shade }) => {
    const host = split.parts.find((each) => each.part === part && each.clock === 'host')
    const device = split.parts.find((each) => each.part === part && each.clock === 'device')
    if (host?.medianMs == null) return []
    return [{ name, shade, lengthMs: host.medianMs, hollow: !host.included, deviceMs: device?.medianMs ?? null }]
  })
}

/** Names the largest part of the latency. */
function titleOf(name: string, drawn: readonly BarPart[]): string {
  const included = drawn.filter(({ hollow }) => !hollow)
  const sumMs = included.reduce((sum, { lengthMs }) => sum + lengthMs, 0)
  const [largest] = [...included].sort((a, b) => b.lengthMs - a.lengthMs)
  if (!largest || sumMs === 0) return `${name}: no part could be told apart`
  if (included.length === 1) return `${name}: ${largest.name} is all that can be told apart`
  return `${name} spends ${Math.round((largest.lengthMs / sumMs) * 100)} % of a query in ${largest.name}`
}

function notesOf(splits: readonly MeasuredSplit[], chosen: MeasuredSplit | null): readonly string[] {
  if (!chosen) return []
  const most = Math.max(...splits.map(({ queries }) => queries))
  const several = splits.some((split) => partsOf(split).filter(({ hollow }) => !hollow).length > 1)
  const waited = several ? ' The device is waited for after each part, so they add up to more than the latency.' : ''
  const untold = chosen.parts.filter(({ medianMs, clock }) => medianMs === null && clock === 'host')
  return [
    `n = ${countText(most)} queries per case.${waited} Method: ${[...new Set(splits.map(({ method }) => method))].join('; ')}.`,
    ...[...new Set(untold.map(({ reason }) => reason))].map((reason) => {
      const names = untold.filter((each) => each.reason === reason).map(({ part }) => part.replaceAll('-', ' '))
      return `Not told: ${names.join(', ')}; ${reason}.`
    }),
  ]
}

function SplitTable({
  rows,
}: {
  readonly rows: readonly { readonly key: string; readonly name: string; readonly pass: MeasuredSplit }[]
}) {
  return (
    <ChartTable
      caption="Parts of one query, ms"
      columns={[
        { title: 'Candidate' },
        { title: 'Part' },
        { title: 'Clock' },
        { title: 'Median, ms', number: true },
        { title: 'In the latency' },
        { title: 'Queries', number: true },
      ]}
      rows={rows.flatMap(({ key, name, pass }) =>
        pass.parts.map(({ part, clock, medianMs, reason, included }) => ({
          key: `${key} ${part} ${clock}`,
          cells: [
            name,
            part.replaceAll('-', ' '),
            clock,
            medianMs === null ? (
              <FigureText key="median" figure={missing(reason ?? 'not measured')} format={numberText} />
            ) : (
              numberText(medianMs)
            ),
            included ? 'yes' : 'no',
            countText(pass.queries),
          ],
        })),
      )}
    />
  )
}
