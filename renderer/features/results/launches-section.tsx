// How each comparison came to its verdict: its interval from launch to launch, what each look said, and why the
// measuring stopped.
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { narrowed, narrowingNote, narrowingOf, withoutPathWords } from '../../../shared/report/charts/narrowing.ts'
import { capitalized } from '../../../shared/report/figure-text.ts'
import { fineText, ratioWords, stoppedWords, verdictWords } from '../../../shared/report/verdict-words.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { NarrowingChart } from '../../charts/narrowing-chart.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { ChartTable } from '../../components/tables.tsx'
import { PassPanel, type PassSectionProps } from './passes/pass-panel.tsx'

const gap = 28
const narrowest = 230
const widest = 400

export function LaunchesSection({ record, group, cases, asTable }: PassSectionProps) {
  const { ref, width } = useChartWidth(1216)
  const shown = narrowed(cases)
  const columns = Math.max(1, Math.min(shown.length, Math.floor((width + gap) / (narrowest + gap))))
  const panelWidth = Math.min(widest, Math.floor((width - gap * (columns - 1)) / columns))
  if (shown.length === 0) {
    return (
      <section aria-label="Launches" className="pass-panel unasked">
        <h2>No interval narrowed here</h2>
        <p className="quiet">{withoutPathWords(record)}</p>
      </section>
    )
  }
  return (
    <PassPanel
      title={titleOf(group)}
      what={`speedup over the baseline by launches, batch ${group.batchSize}`}
      record={record}
      refused={[]}
      notes={[narrowingNote]}
    >
      <div ref={ref}>
        {asTable ? (
          <LookTable group={group} cases={shown} />
        ) : (
          <ul
            className="narrowings"
            style={{ gridTemplateColumns: `repeat(${columns}, ${panelWidth}px)`, columnGap: gap }}
          >
            {shown.map((entry) => (
              <li key={entry.caseKey}>
                <Comparison entry={entry} group={group} width={panelWidth} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </PassPanel>
  )
}

function titleOf(group: GroupRecord): string {
  const stopped = stoppedWords(group)
  return stopped === null ? 'How the intervals narrowed' : capitalized(stopped)
}

interface ComparisonProps {
  readonly entry: CaseRecord
  readonly group: GroupRecord
  readonly width: number
}

function Comparison({ entry, group, width }: ComparisonProps) {
  const chart = narrowingOf(entry, group, { width, height: 150 })
  return (
    <>
      <div className="named small">
        <Mark backend={entry.backend} precision={entry.precision} radius={3.8} />
        {caseName(entry)}
      </div>
      <div className="small quiet narrowing-verdict" title={entry.speedup.reason}>
        {ratioWords(entry.speedup)} <span className="ink-word">{verdictWords(entry.speedup)}</span>
      </div>
      {chart && <NarrowingChart chart={chart} backend={entry.backend} />}
    </>
  )
}

interface LookTableProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
}

function LookTable({ group, cases }: LookTableProps) {
  return (
    <ChartTable
      caption={`Looks at batch ${group.batchSize}`}
      columns={[
        { title: 'Candidate' },
        { title: 'After launches', number: true },
        { title: 'Speedup, × (interval)' },
        { title: 'Verdict' },
      ]}
      rows={cases.flatMap((entry) =>
        (entry.speedup.looks ?? []).map((look) => ({
          key: `${entry.caseKey} ${look.launches}`,
          cells: [
            caseName(entry),
            look.launches,
            ratioWords(look, fineText),
            verdictWords({ ...look, margin: entry.speedup.margin }),
          ],
        })),
      )}
    />
  )
}
