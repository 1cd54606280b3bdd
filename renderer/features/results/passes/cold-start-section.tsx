// Time from starting a process to its first answer, part by part: one stacked bar per case, with the interval of the
// whole.

import { type ColdLaunch, type ColdStart, coldStartParts } from '../../../../shared/passes/cold-start.ts'
import type { Measured } from '../../../../shared/passes/pass.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { figureWithInterval, numberText } from '../../../../shared/report/figure-text.ts'
import { median } from '../../../../shared/statistics/descriptive.ts'
import { useChartWidth } from '../../../charts/chart-frame.tsx'
import { type BarPart, PartKey, StackedBars } from '../../../charts/stacked-bars.tsx'
import { ChartTable } from '../../../components/tables.tsx'
import { duration } from '../../../format/quantity.ts'
import { type MeasuredCase, outcomesOf, PassPanel, type PassSectionProps, UnaskedPass } from './pass-panel.tsx'

type MeasuredStart = Measured<ColdStart>

const shades = [3, 1, 2, 0, 4] as const

export function ColdStartSection({ record, cases, selected, asTable }: PassSectionProps) {
  const { ref, width } = useChartWidth(1216)
  const { measured, refused, asked } = outcomesOf(cases, 'coldStart')
  if (!asked) return <UnaskedPass pass="coldStart" record={record} />
  const rows = measured.map(({ record: each, pass }) => ({
    record: each,
    parts: partsOf(pass),
    whole: pass.toFirstAnswerMs,
  }))
  const names = new Set(rows.flatMap((row) => row.parts.map(({ name }) => name)))
  const chosen = measured.find(({ record: each }) => each.caseKey === selected.caseKey)
  return (
    <PassPanel
      title={titleOf(measured)}
      what="ms from asking for the process to its first answer, 95 % interval"
      record={record}
      refused={refused}
      notes={notesOf(measured, chosen)}
    >
      {asTable ? (
        <StartTable measured={measured} />
      ) : (
        <div ref={ref}>
          <StackedBars
            rows={rows}
            width={width}
            selectedKey={selected.caseKey}
            label="Time to the first answer of every candidate, by part; the table has the figures"
          />
          <PartKey
            items={coldStartParts.flatMap(({ title: name }, index) =>
              names.has(name) ? [{ name, shade: shades[index] ?? 0, hollow: false }] : [],
            )}
          />
        </div>
      )}
    </PassPanel>
  )
}

function partsOf({ launches }: MeasuredStart): readonly BarPart[] {
  return coldStartParts.flatMap(({ title: name, part }, index) => {
    const known = launches.map((launch) => launch[part]).filter((ms) => ms !== null)
    if (known.length === 0) return []
    return [{ name, lengthMs: median(known), shade: shades[index] ?? 0, hollow: false, deviceMs: null }]
  })
}

function titleOf(measured: readonly MeasuredCase<MeasuredStart>[]): string {
  const [first] = measured
    .flatMap(({ record, pass }) =>
      pass.toFirstAnswerMs.value === null ? [] : [{ record, ms: pass.toFirstAnswerMs.value }],
    )
    .sort((a, b) => a.ms - b.ms)
  return first ? `${caseName(first.record)} answers first, after ${duration(first.ms)}` : 'Time to the first answer'
}

function notesOf(
  measured: readonly MeasuredCase<MeasuredStart>[],
  chosen: MeasuredCase<MeasuredStart> | undefined,
): readonly string[] {
  const launches = Math.min(...measured.map(({ pass }) => pass.launches.length))
  if (measured.length === 0) return []
  return [
    `n = ${launches} fresh processes per case. Each part is the median over them, so the parts need not add up to the whole; a part that cannot be told apart counts in the next one.`,
    ...(chosen && chosen.pass.caches.length > 0
      ? [`${caseName(chosen.record)}, caches: ${chosen.pass.caches.join('; ')}.`]
      : []),
  ]
}

function StartTable({ measured }: { readonly measured: readonly MeasuredCase<MeasuredStart>[] }) {
  const cell = (launches: readonly ColdLaunch[], part: keyof ColdLaunch) => {
    const known = launches.map((launch) => launch[part]).filter((ms) => ms !== null)
    return known.length === 0 ? '–' : numberText(median(known))
  }
  return (
    <ChartTable
      caption="Cold start, medians in ms"
      columns={[
        { title: 'Candidate' },
        { title: 'To first answer, ms' },
        ...coldStartParts.map(({ title }) => ({ title: `${title}, ms`, number: true })),
        { title: 'second query, ms', number: true },
        { title: 'Processes', number: true },
        { title: 'Caches' },
      ]}
      rows={measured.map(({ record, pass }) => ({
        key: record.caseKey,
        cells: [
          caseName(record),
          figureWithInterval(pass.toFirstAnswerMs, ''),
          ...coldStartParts.map(({ part }) => cell(pass.launches, part)),
          cell(pass.launches, 'secondQueryMs'),
          pass.launches.length,
          <span key="caches" className="quiet">
            {pass.caches.join('; ') || '–'}
          </span>,
        ],
      }))}
    />
  )
}
