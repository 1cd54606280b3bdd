// A comparison of runs in words: each figure's name and unit, what changed by how much, and one sentence for the whole.
import type { RunRecord } from '../../domain/run.ts'
import {
  type CaseRow,
  type Change,
  type ComparedFigureName,
  type FigureRow,
  type RegressionAnswer,
  type RunComparison,
  regressionOf,
} from '../../statistics/compare-runs.ts'
import { caseName } from '../case-words.ts'
import { capitalized, countText, mebibytesText, numberText } from '../figure-text.ts'
import { marginText } from '../verdict-words.ts'

interface FigureWords {
  readonly title: string
  readonly unit: string
  readonly better: string
  readonly worse: string
  /** Of a value, without its unit. */
  format(value: number): string
}

const latency = { unit: 'ms', better: 'faster', worse: 'slower', format: numberText } as const

export const comparedFigureWords: Readonly<Record<ComparedFigureName, FigureWords>> = {
  p50: { ...latency, title: 'p50' },
  p95: { ...latency, title: 'p95' },
  p99: { ...latency, title: 'p99' },
  'images-per-second': { title: 'images/s', unit: '', better: 'faster', worse: 'slower', format: numberText },
  memory: { title: 'process peak', unit: 'MiB', better: 'smaller', worse: 'larger', format: mebibytesText },
  energy: { title: 'energy per image', unit: 'J', better: 'less', worse: 'more', format: numberText },
}

/** The run's date and preset, for a column: `2026-11-24 06:00, quick`. */
export function runTitle({ createdAt, plan }: Pick<RunRecord, 'createdAt' | 'plan'>): string {
  return `${createdAt.slice(0, 16).replace('T', ' ')}, ${plan.preset}`
}

/** `ONNX Runtime FP32, batch 8`; the file is left out, since it may differ between the runs. */
export function rowName({ entries, batchSize }: CaseRow): string {
  const entry = entries.find((each) => each !== null)
  return `${entry == null ? 'case' : caseName(entry)}, batch ${batchSize}`
}

/** `+2.1 %`, `−0.4 %`, `0.0 %`: how much larger a figure is. */
export function changeText(ratio: number): string {
  const percent = ((ratio - 1) * 100).toFixed(1)
  const isNone = Number(percent) === 0
  return isNone ? '0.0 %' : `${percent.startsWith('-') ? '−' : '+'}${percent.replace('-', '')} %`
}

/** `+2.1 % (+1.2 – +3.0 %)`; empty if nothing could be computed. */
export function changeWithInterval({ ratio, interval }: Pick<Change, 'ratio' | 'interval'>): string {
  if (ratio === null) return ''
  if (interval === null) return changeText(ratio)
  return `${changeText(ratio)} (${changeText(interval.low).replace(' %', '')} – ${changeText(interval.high)})`
}

/** `slower`, `same within 2 %`, `undecided`, `no verdict`. */
export function changeVerdict(name: ComparedFigureName, { verdict }: Pick<Change, 'verdict'>, margin: number): string {
  if (verdict === null) return 'no verdict'
  if (verdict === 'same') return `same within ${marginText(margin)}`
  return verdict === 'undecided' ? verdict : comparedFigureWords[name][verdict]
}

/** `+9.4 % (+7.4 – +11.5 %) slower`; `no verdict: another machine`. */
export function changeWords(name: ComparedFigureName, change: Change, margin: number): string {
  const verdict = changeVerdict(name, change, margin)
  const amount = changeWithInterval(change)
  return `${amount === '' ? '' : `${amount} `}${verdict}${change.reason === null ? '' : `: ${change.reason}`}`
}

export function valueText(name: ComparedFigureName, value: number): string {
  const { unit, format } = comparedFigureWords[name]
  return `${format(value)} ${unit}`.trimEnd()
}

/** Figures that at least one run measured. */
export function measuredRows({ figures }: CaseRow): readonly FigureRow[] {
  return figures.filter(({ values }) => values.some((figure) => figure !== null && figure.value !== null))
}

export interface PlacedChange {
  readonly row: CaseRow
  readonly name: ComparedFigureName
  readonly change: Change
  /** Index of the run. */
  readonly run: number
  readonly margin: number
}

export function placedChanges(comparison: RunComparison): readonly PlacedChange[] {
  return comparison.rows.flatMap((row) =>
    row.figures.flatMap(({ name, changes }) =>
      changes.flatMap((change, run) =>
        change === null ? [] : [{ row, name, change, run, margin: comparison.margins[run] ?? 0 }],
      ),
    ),
  )
}

/** The answer to a limit for regressions: over all cases that both runs have. */
export interface GateAnswer {
  readonly answer: RegressionAnswer
  readonly regressions: readonly PlacedChange[]
  readonly notSure: readonly PlacedChange[]
  readonly notJudged: readonly PlacedChange[]
}

/** @param names the figures that count. A regression counts most, then what cannot be told. */
export function gateAnswer(comparison: RunComparison, limit: number, names: readonly ComparedFigureName[]): GateAnswer {
  const judged = placedChanges(comparison).filter(({ name }) => names.includes(name))
  const having = (answer: RegressionAnswer) => judged.filter(({ change }) => regressionOf(change, limit) === answer)
  const [regressions, notSure, notJudged] = [having('regression'), having('not-sure'), having('not-judged')]
  const open = judged.length === 0 || notJudged.length > 0 ? 'not-judged' : 'none'
  return {
    answer: regressions.length > 0 ? 'regression' : notSure.length > 0 ? 'not-sure' : open,
    ...{ regressions, notSure, notJudged },
  }
}

/** `Regression: p50 of ONNX Runtime FP32, batch 1, is slower by 7.4 to 11.5 %, and the limit is 5 %.` */
export function gateSentence({ answer, regressions, notSure, notJudged }: GateAnswer, limit: number): string {
  const percent = marginText(limit)
  const worstOf = (changes: readonly PlacedChange[]) =>
    [...changes].sort((left, right) => (right.change.worse?.most ?? 0) - (left.change.worse?.most ?? 0))[0]
  const [worst, open] = [worstOf(regressions), worstOf(notSure)]
  const rest = (count: number) => (count > 1 ? ` ${countText(count - 1)} more likewise.` : '')
  if (answer === 'regression' && worst !== undefined)
    return `Regression beyond ${percent}: ${placedWords(worst)}.${rest(regressions.length)}`
  if (answer === 'not-sure' && open !== undefined)
    return `Not sure: whether it is a regression beyond ${percent} cannot be told of ${placedWords(open)}.${rest(notSure.length)}`
  if (answer === 'none') return `No regression beyond ${percent}.`
  const [first] = notJudged
  return first === undefined
    ? 'Not judged: the runs have no case in common.'
    : `Not judged: ${placedWords(first)}.${rest(notJudged.length)}`
}

/** `ONNX Runtime FP32, batch 1, p50 +9.4 % (+7.4 – +11.5 %) slower`. */
export function placedWords({ row, name, change, margin }: PlacedChange): string {
  return `${rowName(row)}, ${comparedFigureWords[name].title} ${changeWords(name, change, margin)}`
}

export interface ComparisonHeadline {
  /** The change that is named; null if no change is shown. */
  readonly change: PlacedChange | null
  readonly statement: string
  /** What the rest is, in one sentence. */
  readonly explanation: string
}

/** Latency and throughput decide; memory and energy stand beside them. */
const speedFigures: ReadonlySet<ComparedFigureName> = new Set(['p50', 'p95', 'p99', 'images-per-second'])

/** The largest regression, otherwise the largest gain, otherwise that nothing changed or nothing can be told. */
export function comparisonHeadline(comparison: RunComparison): ComparisonHeadline {
  const changes = placedChanges(comparison).filter(({ name }) => speedFigures.has(name))
  const sizeOf = ({ change }: PlacedChange) => Math.abs(Math.log(change.ratio ?? 1))
  const largest = (verdict: Change['verdict']) =>
    changes.filter(({ change }) => change.verdict === verdict).sort((left, right) => sizeOf(right) - sizeOf(left))[0]
  const named = largest('worse') ?? largest('better')
  if (named !== undefined) {
    const { row, name, change, margin } = named
    const verdict = changeVerdict(name, change, margin)
    const statement = `${rowName(row)}, got ${verdict} at ${comparedFigureWords[name].title}: ${changeWithInterval(change)}.`
    return { change: named, statement, explanation: countsOf(changes) }
  }
  const judged = changes.filter(({ change }) => change.verdict !== null)
  if (judged.length === 0) {
    const reasons = comparison.obstacles.filter((obstacle) => obstacle !== null)
    const reason = reasons[0] ?? changes[0]?.change.reason ?? 'no case is in both runs'
    return { change: null, statement: `No verdict: ${reason}.`, explanation: 'The figures stand side by side.' }
  }
  const isSame = judged.every(({ change }) => change.verdict === 'same')
  const statement = isSame
    ? `Nothing changed by more than ${marginText(Math.max(...judged.map(({ margin }) => margin)))}.`
    : 'No change is shown, and none is ruled out.'
  return { change: null, statement, explanation: countsOf(changes) }
}

/** Of what both runs measured. */
function countsOf(all: readonly PlacedChange[]): string {
  const changes = all.filter(({ change }) => change.ratio !== null)
  const words = {
    worse: 'slower',
    better: 'faster',
    same: 'the same',
    undecided: 'undecided',
    none: 'without a verdict',
  }
  const told = (Object.keys(words) as (keyof typeof words)[]).flatMap((key) => {
    const count = changes.filter(({ change }) => (change.verdict ?? 'none') === key).length
    return count === 0 ? [] : `${countText(count)} ${words[key]}`
  })
  return `${capitalized('of')} ${countText(changes.length)} latencies and throughputs: ${told.join(', ')}.`
}

/** Said with every comparison of runs: what its intervals do not hold. */
export const twoMoments =
  'Runs are made at different times, and whatever else changed in between is part of the change. Settle measures both side by side.'
