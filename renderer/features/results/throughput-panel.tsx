// Images per second by batch size, over all groups of the run.
import type { CaseRecord, RunRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { isCopyOf } from '../../../shared/statistics/noise-floor.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { ThroughputLines, type ThroughputSeries } from '../../charts/throughput-lines.tsx'
import { ChartTable, FigureText } from '../../components/tables.tsx'

interface ThroughputPanelProps {
  readonly record: RunRecord
  readonly asTable: boolean
}

export function ThroughputPanel({ record, asTable }: ThroughputPanelProps) {
  const { ref, width } = useChartWidth(456)
  const series = seriesOf(record)
  return (
    <section aria-label="Throughput by batch size" ref={ref}>
      <h2>
        {titleOf(record)} <small>images / s{record.simulated ? ', simulated' : ''}</small>
      </h2>
      {asTable ? (
        <ChartTable
          caption="Images per second by batch size"
          columns={[
            { title: 'Candidate' },
            ...record.groups.map(({ batchSize }) => ({ title: `Batch ${batchSize}`, number: true })),
          ]}
          rows={series.map((each) => ({
            key: each.caseKey,
            cells: [
              each.name,
              ...record.groups.map(({ groupKey, batchSize }) => {
                const figure = each.points.find((point) => point.batchSize === batchSize)?.imagesPerSecond
                return figure ? <FigureText key={groupKey} figure={figure} format={countText} /> : '–'
              }),
            ],
          }))}
        />
      ) : (
        <ThroughputLines series={series} width={width} height={210} />
      )}
    </section>
  )
}

function seriesOf(record: RunRecord): readonly ThroughputSeries[] {
  const byKey = new Map<
    string,
    { first: CaseRecord; points: { batchSize: number; imagesPerSecond: CaseRecord['imagesPerSecond'] }[] }
  >()
  for (const group of record.groups) {
    for (const each of group.cases) {
      if (each.state !== 'completed') continue
      const known = byKey.get(each.caseKey) ?? { first: each, points: [] }
      known.points.push({ batchSize: group.batchSize, imagesPerSecond: each.imagesPerSecond })
      byKey.set(each.caseKey, known)
    }
  }
  return [...byKey.entries()].map(([caseKey, { first, points }]) => ({
    caseKey,
    name: caseName(first),
    backend: first.backend,
    precision: first.precision,
    points: points.sort((a, b) => a.batchSize - b.batchSize),
  }))
}

/** Names the highest point that may be claimed: a refused case and a copy of the baseline are drawn but not named. */
function titleOf(record: RunRecord): string {
  const best = record.groups
    .flatMap(({ batchSize, baseline, cases }) => {
      const reference = cases.find(({ caseKey }) => caseKey === baseline)
      const named = cases.filter((each) => each === reference || !reference || !isCopyOf(each, reference))
      return named.map((each) => ({ batchSize, ...each }))
    })
    .filter(({ state, speedup }) => state === 'completed' && speedup.verdict !== 'refused')
    .sort((a, b) => (b.imagesPerSecond.value ?? 0) - (a.imagesPerSecond.value ?? 0))[0]
  if (!best || best.imagesPerSecond.value === null) return 'Throughput by batch size'
  return `${caseName(best)} reaches ${countText(best.imagesPerSecond.value)} at batch ${best.batchSize}`
}
