// Two other scenarios: all images at once, and queries arriving at random under a latency bound. Named as in the MLPerf
// rules; they are not MLPerf results, and both sections say so.
import type { RunRecord } from '../../../../shared/domain/run.ts'
import { notMlperf, type Offline } from '../../../../shared/passes/offline.ts'
import type { Measured } from '../../../../shared/passes/pass.ts'
import { boundText, type Serving } from '../../../../shared/passes/server.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { countText, numberText } from '../../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../../charts/chart-frame.tsx'
import { OfflineBars, ServingLines } from '../../../charts/serving-charts.tsx'
import { ChartTable, FigureText } from '../../../components/tables.tsx'
import {
  type MeasuredCase,
  type Outcomes,
  outcomesOf,
  PassPanel,
  type PassSectionProps,
  UnaskedPass,
} from './pass-panel.tsx'

export function ServingSection({ record, cases, asTable }: PassSectionProps) {
  const offline = outcomesOf(cases, 'offline')
  const server = outcomesOf(cases, 'server')
  return (
    <div className="serving-columns">
      {offline.asked ? (
        <OfflinePanel record={record} outcomes={offline} asTable={asTable} />
      ) : (
        <UnaskedPass pass="offline" record={record} />
      )}
      {server.asked ? (
        <ServerPanel record={record} outcomes={server} asTable={asTable} />
      ) : (
        <UnaskedPass pass="server" record={record} />
      )}
    </div>
  )
}

interface PanelProps<Pass> {
  readonly record: RunRecord
  readonly outcomes: Outcomes<Pass>
  readonly asTable: boolean
}

function OfflinePanel({ record, outcomes: { measured, refused }, asTable }: PanelProps<MeasuredOffline>) {
  const { ref, width } = useChartWidth(520)
  return (
    <PassPanel
      title={offlineTitle(measured)}
      what={`offline, images / s, ${notMlperf}`}
      record={record}
      refused={refused}
      notes={countNotes(measured)}
    >
      {asTable ? (
        <ChartTable
          caption="Offline"
          columns={[
            { title: 'Candidate' },
            { title: 'Images / s', number: true },
            { title: 'Images', number: true },
            { title: 'Took, s', number: true },
          ]}
          rows={measured.map(({ record: each, pass }) => ({
            key: each.caseKey,
            cells: [
              caseName(each),
              countText(pass.imagesPerSecond),
              countText(pass.images),
              numberText(pass.wallMs / 1000),
            ],
          }))}
        />
      ) : (
        <div ref={ref}>
          <OfflineBars
            rows={measured.map(({ record: each, pass }) => ({ record: each, imagesPerSecond: pass.imagesPerSecond }))}
            width={width}
          />
        </div>
      )}
    </PassPanel>
  )
}

function countNotes(measured: readonly MeasuredCase<MeasuredOffline>[]): readonly string[] {
  const images = Math.min(...measured.map(({ pass }) => pass.images))
  return measured.length === 0 ? [] : [`n ≥ ${countText(images)} images a candidate, back to back, once.`]
}

function ServerPanel({ record, outcomes: { measured, refused }, asTable }: PanelProps<MeasuredServing>) {
  const { ref, width } = useChartWidth(640)
  const [first] = measured
  const request = first?.pass.request
  const percentile = request ? `p${request.percentile}` : 'latency'
  return (
    <PassPanel
      title={serverTitle(measured)}
      what={`server, ${percentile}, ms, ${notMlperf}`}
      record={record}
      refused={refused}
      notes={
        request
          ? [
              `From arrival to answer. Poisson arrivals, seed ${first.pass.seed}, at least ${Math.round(request.durationMs / 1000)} s a trial. Filled: keeps the bound. Hollow: does not; ▲ lies beyond the axis.`,
            ]
          : []
      }
    >
      {asTable ? (
        <TrialTable measured={measured} percentile={percentile} />
      ) : (
        request && (
          <div ref={ref}>
            <ServingLines
              lines={measured.map(({ record: each, pass }) => ({
                record: each,
                name: rateName(caseName(each), pass),
                trials: pass.trials,
              }))}
              boundMs={request.latencyBoundMs}
              width={width}
              height={Math.max(220, measured.length * 18 + 60)}
            />
          </div>
        )
      )}
    </PassPanel>
  )
}

function rateName(name: string, { highestRatePerSecond }: MeasuredServing): string {
  return highestRatePerSecond.value === null ? name : `${name} ${countText(highestRatePerSecond.value)}`
}

type MeasuredOffline = Measured<Offline>
type MeasuredServing = Measured<Serving>

function offlineTitle(measured: readonly MeasuredCase<MeasuredOffline>[]): string {
  const [best] = [...measured].sort((a, b) => b.pass.imagesPerSecond - a.pass.imagesPerSecond)
  return best
    ? `${caseName(best.record)} takes ${countText(best.pass.imagesPerSecond)} images per second`
    : 'All images at once'
}

function serverTitle(measured: readonly MeasuredCase<MeasuredServing>[]): string {
  const known = measured.flatMap(({ record, pass }) =>
    pass.highestRatePerSecond.value === null ? [] : [{ record, pass, rate: pass.highestRatePerSecond.value }],
  )
  const [best] = known.sort((a, b) => b.rate - a.rate)
  if (!best) return measured.length === 0 ? 'Queries arriving at random' : 'No rate tried keeps the bound'
  return `${caseName(best.record)} serves ${countText(best.rate)} queries per second with ${boundText(best.pass.request)}`
}

interface TrialTableProps {
  readonly measured: readonly MeasuredCase<MeasuredServing>[]
  readonly percentile: string
}

function TrialTable({ measured, percentile }: TrialTableProps) {
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
