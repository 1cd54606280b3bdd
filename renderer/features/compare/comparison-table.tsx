// The columns of a comparison: what differs between the runs, and each figure with its change since the pinned run.
import { type CaseRecord, hasSeededWeights, type RunRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import {
  changeVerdict,
  changeWithInterval,
  comparedFigureWords,
  measuredRows,
  valueText,
} from '../../../shared/report/comparison/comparison-words.ts'
import type { RunDifference } from '../../../shared/report/comparison/run-differences.ts'
import type { CaseRow, Change, FigureRow, RunComparison } from '../../../shared/statistics/compare-runs.ts'
import { ChangeMark, changeReach } from '../../charts/change-mark.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { moment } from '../../format/quantity.ts'

export interface ShownRow {
  readonly row: CaseRow
  readonly figure: FigureRow
}

/** @param onlyDifferences leaves out figures that are the same in every run, or without any change. */
export function shownRows({ rows }: RunComparison, onlyDifferences: boolean): readonly ShownRow[] {
  const all = rows.flatMap((row) => measuredRows(row).map((figure) => ({ row, figure })))
  if (!onlyDifferences) return all
  return all.filter(({ figure: { changes, values } }) => {
    const told = changes.filter((change) => change !== null)
    const isInAll = values.every((value) => value !== null)
    return !isInAll || told.some(isDifference)
  })
}

/** Everything but what is called the same, or what was measured once and is as good as equal. */
function isDifference({ verdict, ratio }: Change): boolean {
  if (verdict !== null) return verdict !== 'same'
  return ratio !== null && Math.abs(ratio - 1) > 0.005
}

interface ComparisonTableProps {
  readonly comparison: RunComparison
  readonly differences: readonly RunDifference[]
  readonly rows: readonly ShownRow[]
  readonly chosenRow: number
  readonly chosenRun: number
  readonly onChoose: (row: number) => void
}

const verdictClass = { better: 'pass', worse: 'fail', same: 'quiet', undecided: 'quiet' } as const

export function ComparisonTable(props: ComparisonTableProps) {
  const { comparison, differences, rows, chosenRow, chosenRun, onChoose } = props
  const { runs, baseline, obstacles, margins } = comparison
  const reach = changeReach(rows.flatMap(({ figure }) => figure.changes.filter((change) => change !== null)))
  const span = runs.length + 1
  return (
    <div className="comparison-scroll">
      <table className="comparison">
        <caption className="visually-hidden">Figures of the runs, and how they changed since the pinned run</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Case and figure</span>
            </th>
            {runs.map((run, index) => (
              <th key={run.runId} scope="col" aria-current={index === chosenRun ? 'true' : undefined} title={run.runId}>
                <b>{moment(run.createdAt)}</b>
                <small className={obstacles[index] ? 'warn' : undefined}>
                  {[
                    index === baseline ? 'pinned baseline' : (obstacles[index] ?? run.plan.preset),
                    ...runLabels(run),
                  ].join(', ')}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="part">
            <th scope="rowgroup" colSpan={span}>
              Environment{' '}
              <span>{differences.length === 0 ? 'nothing differs' : `${differences.length} facts differ`}</span>
            </th>
          </tr>
          {differences.map(({ what, values }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              {values.map((value, index) => (
                <td key={runs[index]?.runId} className={value === values[baseline] ? 'quiet' : 'strong'}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tbody>
          <tr className="part">
            <th scope="rowgroup" colSpan={span}>
              Measurement <span>change from the pinned run; axis ±{reach * 100} %; the band counts as the same</span>
            </th>
          </tr>
          {rows.length === 0 && (
            <tr>
              <td colSpan={span} className="quiet">
                No figure differs. Show all rows to see them.
              </td>
            </tr>
          )}
          {rows.map(({ row, figure }, index) => (
            <tr key={`${row.key} ${figure.name}`} aria-selected={index === chosenRow} onClick={() => onChoose(index)}>
              <th scope="row">
                <RowHead entry={firstOf(row)} row={row} figure={figure} />
              </th>
              {figure.values.map((value, run) => (
                <td key={runs[run]?.runId}>
                  <FigureCell
                    figure={figure}
                    value={value?.value ?? null}
                    missing={value === null ? 'not in this run' : value.value === null ? value.reason : null}
                    change={figure.changes[run] ?? null}
                    entry={firstOf(row)}
                    margin={margins[run] ?? 0}
                    reach={reach}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function firstOf({ entries }: CaseRow): CaseRecord | null {
  return entries.find((entry) => entry !== null) ?? null
}

function RowHead({
  entry,
  row,
  figure,
}: {
  readonly entry: CaseRecord | null
  readonly row: CaseRow
  readonly figure: FigureRow
}) {
  const { title, unit } = comparedFigureWords[figure.name]
  return (
    <span className="comparison-name">
      {entry && <Mark backend={entry.backend} precision={entry.precision} />}
      <span>
        {entry === null ? row.key : caseName(entry)} <small>batch {row.batchSize}</small>
      </span>
      <small>{[title, unit].filter(Boolean).join(', ')}</small>
    </span>
  )
}

interface FigureCellProps {
  readonly figure: FigureRow
  readonly value: number | null
  readonly missing: string | null
  readonly change: Change | null
  readonly entry: CaseRecord | null
  readonly margin: number
  readonly reach: number
}

function FigureCell({ figure: { name }, value, missing, change, entry, margin, reach }: FigureCellProps) {
  const words = value === null ? null : valueText(name, value)
  if (words === null) return <span className="faint">{missing}</span>
  if (change === null || entry === null) return <span className="strong">{words}</span>
  if (change.verdict === null) {
    return (
      <span title={change.reason ?? undefined}>
        {words} <small className="faint">no verdict</small>
        <span className="visually-hidden">: {change.reason}</span>
      </span>
    )
  }
  return (
    <span className="change-cell" title={words}>
      <ChangeMark change={change} backend={entry.backend} precision={entry.precision} margin={margin} reach={reach} />
      <span>
        <b>{changeWithInterval(change).split(' (')[0]}</b>
        <small className={verdictClass[change.verdict]}>{changeVerdict(name, change, margin)}</small>
        <span className="visually-hidden">
          {words}, {changeWithInterval(change)}
        </span>
      </span>
    </span>
  )
}

/** What must be said of a run wherever its figures are. */
function runLabels(run: RunRecord): readonly string[] {
  return [...(run.simulated ? ['simulated'] : []), ...(hasSeededWeights(run) ? ['seeded weights'] : [])]
}
