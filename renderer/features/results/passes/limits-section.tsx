// How close each case comes to the device's limits, and what holds it back: a roofline, and one sentence per case.
import type { NotMeasured } from '../../../../shared/domain/figure.ts'
import type { Limits } from '../../../../shared/passes/limits.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { rooflineOf } from '../../../../shared/report/charts/roofline.ts'
import {
  bandwidthText,
  numberText,
  operationsText,
  percentText,
  prefixedText,
} from '../../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../../charts/chart-frame.tsx'
import { RooflineChart } from '../../../charts/roofline-chart.tsx'
import { Mark } from '../../../components/backend-mark.tsx'
import { ChartTable } from '../../../components/tables.tsx'
import { type MeasuredCase, outcomesOf, PassPanel, type PassSectionProps, UnaskedPass } from './pass-panel.tsx'

type MeasuredLimits = Exclude<Limits, NotMeasured>

const labelRoom = 206

export function LimitsSection({ record, group, cases, selected, asTable }: PassSectionProps) {
  const { ref, width } = useChartWidth(760)
  const { measured, refused, asked } = outcomesOf(cases, 'limits')
  if (!asked) return <UnaskedPass pass="limits" record={record} />
  const roofline = rooflineOf({ cases: [...cases] }, { width, height: 270, labelRoom })
  const chosen = measured.find(({ record: each }) => each.caseKey === selected.caseKey) ?? measured[0]
  return (
    <PassPanel
      title={chosen ? titleOf(chosen) : 'What the device allows'}
      what={`operations a second against operations a byte, batch ${group.batchSize}`}
      record={record}
      refused={refused}
      notes={
        roofline
          ? [
              `Roof: ${roofline.sources.join('; ')}.`,
              'Work is counted from the model’s graph; speed is the median of the rounds.',
            ]
          : []
      }
    >
      {asTable ? (
        <LimitsTable measured={measured} />
      ) : (
        <div className="limit-columns">
          <div ref={ref}>{roofline && <RooflineChart roofline={roofline} selectedKey={selected.caseKey} />}</div>
          <ul className="limit-sentences small">
            {measured.map(({ record: each, pass }) => (
              <li key={each.caseKey} aria-current={each.caseKey === selected.caseKey || undefined}>
                <Mark backend={each.backend} precision={each.precision} radius={3.8} />
                <span>
                  <b>{caseName(each)}</b>
                  <span className="quiet">: {pass.reason}</span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </PassPanel>
  )
}

function titleOf({ record, pass }: MeasuredCase<MeasuredLimits>): string {
  const bound =
    pass.boundBy === 'unknown' ? 'bound by what is not known' : `bound by ${pass.boundBy.replaceAll('-', ' ')}`
  return `${caseName(record)} reaches ${percentText(pass.shareOfRoof)} of its roof, ${bound}`
}

function LimitsTable({ measured }: { readonly measured: readonly MeasuredCase<MeasuredLimits>[] }) {
  return (
    <ChartTable
      caption="Share of the device's limits"
      columns={[
        { title: 'Candidate' },
        { title: 'Of the roof', number: true },
        { title: 'Bound by' },
        { title: 'Reached', number: true },
        { title: 'Peak', number: true },
        { title: 'Bandwidth', number: true },
        { title: 'Operations a byte', number: true },
        { title: 'Operations a query', number: true },
        { title: 'Bytes a query', number: true },
        { title: 'Not counted' },
      ]}
      rows={measured.map(({ record, pass }) => ({
        key: record.caseKey,
        cells: [
          caseName(record),
          percentText(pass.shareOfRoof),
          pass.boundBy.replaceAll('-', ' '),
          operationsText(pass.operationsPerSecond),
          operationsText(pass.peak.operationsPerSecond),
          bandwidthText(pass.peak.bytesPerSecond),
          numberText(pass.intensity),
          prefixedText(pass.work.operations).trim(),
          `${prefixedText(pass.work.bytes)}B`,
          pass.work.notCounted.join(', ') || 'none',
        ],
      }))}
    />
  )
}
