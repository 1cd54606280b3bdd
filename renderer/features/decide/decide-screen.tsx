// Decide: limits on the left, the front and every candidate in the middle, what to ship and why on the right.
import { useState } from 'react'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { decisionWords, optionFigures, optionName, standingWords } from '../../../shared/report/decision-words.ts'
import { runBanners } from '../../../shared/report/run-facts.ts'
import { memoryTitle } from '../../../shared/report/shown-memory.ts'
import { type Choice, decide, frontLatency, type JudgedOption } from '../../../shared/statistics/decide.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { FrontChart } from '../../charts/front-chart.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { SettleStrip } from '../../components/settle-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { moment } from '../../format/quantity.ts'
import { clearDemands, useDemands } from '../../state/demands.ts'
import { goTo, useShownRunId } from '../../state/place.ts'
import { useRunRecord, useRuns } from '../../state/runs.ts'
import { arrowKeys, useScreenKeys } from '../../state/screen-keys.ts'
import { beginSettling, endSettling, useSettlement } from '../../state/settling.ts'
import { LimitFields } from './limit-fields.tsx'

export function DecideScreen() {
  const runs = useRuns()
  const runId = useShownRunId()
  const record = useRunRecord(runId)
  const error = record.error ?? runs.error
  const crumbs = record.data ? ['Decide', record.data.modelName, moment(record.data.createdAt)] : ['Decide']
  const isDone = record.data !== undefined && record.data.state !== 'running' && record.data.state !== 'queued'
  const isEmpty = runId === null && runs.isSuccess
  return (
    <>
      <TopBar crumbs={crumbs} />
      <main className="page decide" aria-label="Decide" aria-busy={!isEmpty && !error && !record.data}>
        {error && (
          <RemedyStrip error={errorRecord(error)}>
            <Button onClick={() => goTo('runs')}>All runs</Button>
          </RemedyStrip>
        )}
        {isEmpty && (
          <Waiting
            title="Nothing to decide on yet"
            words="Run a benchmark of several engines, precisions or batch sizes. Then type the limits that yours must meet."
            button="Open Benchmark"
          />
        )}
        {!error && record.data && !isDone && (
          <Waiting
            title="Still measuring"
            words="Nothing is recommended before the last round."
            button="Watch the run"
          />
        )}
        {!error && record.data && isDone && <Decision key={record.data.runId} record={record.data} />}
      </main>
    </>
  )
}

function Waiting({
  title,
  words,
  button,
}: {
  readonly title: string
  readonly words: string
  readonly button: string
}) {
  return (
    <div className="empty">
      <h1>{title}</h1>
      <p className="statement quiet">{words}</p>
      <Button kind="primary" tall onClick={() => goTo('benchmark')}>
        {button}
      </Button>
    </div>
  )
}

function Decision({ record }: { readonly record: RunRecord }) {
  const demands = useDemands()
  const choice = decide(record, demands)
  const { ref, width } = useChartWidth(640)
  const [chosenIndex, setChosen] = useState<number | null>(null)
  const settlement = useSettlement()
  const { options, recommended, tie } = choice
  const inOrder = sortedForTable(choice)
  const chosen = chosenIndex === null ? null : (inOrder[chosenIndex] ?? null)
  const move = (by: number) => setChosen(Math.max(0, Math.min(inOrder.length - 1, (chosenIndex ?? -1) + by)))
  const settle = () => {
    const draft = settleDraft(record, choice)
    if (draft !== null) beginSettling(draft)
  }
  useScreenKeys([
    { keys: ['Tab'], label: 'next limit', bindings: {} },
    { keys: ['↑', '↓'], label: 'candidate', bindings: arrowKeys('ArrowUp', 'ArrowDown', move) },
    { keys: ['X'], label: 'clear the limits', bindings: { x: clearDemands } },
    { keys: ['S'], label: 'settle', bindings: { s: settle } },
    ...(settlement === null ? [] : [{ keys: ['Esc'], label: 'close', bindings: { Escape: endSettling } }]),
  ])
  const latency = frontLatency(options)
  const limitMs = demands.limits[latency === 'p99' ? 'p99Ms' : 'p50Ms'] ?? null
  return (
    <div className="decide-columns">
      <LimitFields demands={demands} choice={choice} />
      <section aria-label="Candidates" className="decide-front">
        {settlement && <SettleStrip {...settlement} onStart={() => settlement.start(() => goTo('benchmark'))} />}
        {runBanners(record).map((banner) => (
          <div key={banner} className="strip warn" role="note">
            <div>{banner}</div>
          </div>
        ))}
        <h2>
          {frontTitle(choice)} <small>images per second over {latency} latency, with intervals</small>
        </h2>
        <div ref={ref}>
          <FrontChart
            options={options}
            recommended={recommended}
            tied={tie?.members ?? []}
            latency={latency}
            limitMs={limitMs}
            chosen={chosen}
            width={width}
            height={380}
          />
        </div>
        <OptionTable record={record} options={inOrder} choice={choice} chosen={chosen} onChoose={setChosen} />
      </section>
      <Answer record={record} choice={choice} onSettle={settle} />
    </div>
  )
}

function frontTitle({ options, recommended, tie }: Choice): string {
  const met = options.filter(({ standing }) => standing === 'met').length
  if (recommended === null) return 'No candidate is surely inside'
  if (tie !== null) return `${tie.members.length} candidates are best, and cannot be told apart`
  return met === 1
    ? `Only ${optionName(recommended)} is surely inside`
    : `${optionName(recommended)} is the best of ${met} inside`
}

const rank = { met: 0, 'not-sure': 1, missed: 2, excluded: 3 } as const

function sortedForTable({ options, recommended, runnerUp }: Choice): readonly JudgedOption[] {
  const place = (option: JudgedOption) =>
    option === recommended ? -2 : option === runnerUp ? -1 : rank[option.standing]
  const rate = ({ entry }: JudgedOption) => entry.imagesPerSecond.value ?? 0
  return options.toSorted((left, right) => place(left) - place(right) || rate(right) - rate(left))
}

interface OptionTableProps {
  readonly record: RunRecord
  readonly options: readonly JudgedOption[]
  readonly choice: Choice
  readonly chosen: JudgedOption | null
  readonly onChoose: (index: number) => void
}

function OptionTable({ record, options, choice, chosen, onChoose }: OptionTableProps) {
  const [group] = record.groups
  return (
    <table className="chart-table decide-table">
      <caption className="visually-hidden">Candidates and how they stand to the limits</caption>
      <thead>
        <tr>
          <th scope="col">Candidate</th>
          {['p50, ms', 'p99, ms', 'images/s', `${group ? memoryTitle(group) : 'memory'}, MiB`, 'J / image'].map(
            (title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ),
          )}
          <th scope="col">Limits</th>
        </tr>
      </thead>
      <tbody>
        {options.map((option, index) => {
          const { p50Ms, p99Ms, imagesPerSecond, memoryMib, energyJoules } = optionFigures(option)
          return (
            <tr key={optionName(option)} aria-selected={option === chosen} onClick={() => onChoose(index)}>
              <td>
                <span className="named">
                  <Mark backend={option.entry.backend} precision={option.entry.precision} />
                  {optionName(option)}
                </span>
              </td>
              {[p50Ms, p99Ms, imagesPerSecond, memoryMib, energyJoules].map((text, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
                <td key={column} className="number">
                  {text}
                </td>
              ))}
              <td className={standingClass[option.standing]}>
                {standingWords(option)}
                {option === choice.runnerUp && ', runner-up'}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const standingClass = { met: 'pass', 'not-sure': 'warn', missed: 'fail', excluded: 'faint' } as const

function Answer({
  record,
  choice,
  onSettle,
}: {
  readonly record: RunRecord
  readonly choice: Choice
  readonly onSettle: () => void
}) {
  const demands = useDemands()
  const { title, figure, why, tie, runnerUp, whatIf } = decisionWords(choice, demands.prefer)
  const { recommended } = choice
  return (
    <section aria-label="Recommendation" className="decide-answer" aria-live="polite">
      <p className="small quiet">
        {recommended === null ? 'No recommendation' : tie === null ? 'Recommended' : 'Recommended, in a tie'}
      </p>
      <h1 className="named">
        {recommended && <Mark backend={recommended.entry.backend} precision={recommended.entry.precision} />}
        {title}
      </h1>
      {figure !== null && (
        <p className="decide-figure">
          {figure.split(' (')[0]}
          {figure.includes(' (') && (
            <small className="quiet">{figure.slice(figure.indexOf('(') + 1, -1)}, 95 % interval</small>
          )}
        </p>
      )}
      <p className="statement">{why}</p>
      {tie !== null && <p className="statement warn">{tie}</p>}
      {runnerUp !== null && (
        <>
          <h2>Runner-up</h2>
          <p className="small">{runnerUp}</p>
        </>
      )}
      {whatIf.length > 0 && (
        <>
          <h2>What would change this</h2>
          <ul className="small">
            {whatIf.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      {settleDraft(record, choice) !== null && (
        <Button onClick={onSettle} shortcut="S">
          Settle with the runner-up
        </Button>
      )}
    </section>
  )
}

/** The recommended case and its runner-up, if they were measured at one batch size: only those can share a run. */
function settleDraft({ runId }: RunRecord, { recommended, runnerUp }: Choice) {
  if (recommended === null || runnerUp === null || recommended.group !== runnerUp.group) return null
  const [left, right] = [runnerUp, recommended].map(({ group, entry }) => ({
    runId,
    groupKey: group.groupKey,
    caseKey: entry.caseKey,
  }))
  return left && right ? { left, right, names: [optionName(runnerUp), optionName(recommended)] as const } : null
}
