// A decision in words: what to ship, why, what comes next, what would change it; or why nothing can be named.
import { type LimitName, limitOptions, type Preference } from '../domain/decision.ts'
import { isMeasured } from '../domain/figure.ts'
import type { CaseRecord } from '../domain/run.ts'
import type { CaseOption, Choice, JudgedOption, LimitResult, WhatIf } from '../statistics/decide.ts'
import { caseName, parityVerdictWords } from './case-words.ts'
import { countText, figureWithInterval, mebibytesText, numberText, rangeText } from './figure-text.ts'

interface PreferenceWords {
  readonly title: string
  /** `the highest throughput`. */
  readonly best: string
  figure(entry: CaseRecord): string
}

export const preferenceWords: Readonly<Record<Preference, PreferenceWords>> = {
  'images-per-second': {
    title: 'images/s',
    best: 'the highest throughput',
    figure: ({ imagesPerSecond }) => figureWithInterval(imagesPerSecond, 'images/s'),
  },
  p50: { title: 'p50', best: 'the lowest p50', figure: ({ latencyMs }) => figureWithInterval(latencyMs.p50, 'ms') },
  p99: { title: 'p99', best: 'the lowest p99', figure: ({ latencyMs }) => figureWithInterval(latencyMs.p99, 'ms') },
  memory: {
    title: 'memory',
    best: 'the least memory',
    figure: ({ memory }) => figureWithInterval(memory.processPeakBytes, 'MiB', mebibytesText),
  },
  energy: {
    title: 'energy',
    best: 'the least energy per image',
    figure: ({ energyJoulesPerImage }) => figureWithInterval(energyJoulesPerImage, 'J'),
  },
}

/** `ONNX Runtime FP16, batch 8`. */
export function optionName({ entry, group }: CaseOption): string {
  return `${caseName(entry)}, batch ${group.batchSize}`
}

/** `p99 latency 8.20 ms (7.90 – 8.50) crosses 8 ms`; `parity: fail, cosine 0.9617`. */
export function resultWords({ name, standing, value, interval, limit, reason }: LimitResult): string {
  if (name === 'parity' || name === 'python') return reason ?? `${name}: met`
  const { label, unit } = limitOptions[name]
  if (value === null || limit === null) return `${label}: ${reason}`
  const range = interval === null ? '' : ` (${rangeText(interval, numberText)})`
  const text = `${label} ${numberText(value)} ${unit}${range}`
  const bound = `${numberText(limit)} ${unit}`
  if (reason !== null) return `${text}: ${reason}`
  if (standing === 'not-sure') return `${text} crosses ${bound}`
  const isOver = value > limit
  const by = `${numberText(Math.abs(value - limit))} ${unit}`
  return standing === 'met' ? `${text} is within ${bound}` : `${text} is ${isOver ? 'over' : 'under'} ${bound} by ${by}`
}

/** What stands against an option, the first of it: `p99 latency … is over 8 ms by 0.14 ms`; null if it meets all. */
export function objectionWords({ standing, reason, results }: JudgedOption): string | null {
  if (standing === 'excluded') return reason
  const against =
    results.find((result) => result.standing === 'missed') ?? results.find((result) => result.standing === 'not-sure')
  return against === undefined ? null : resultWords(against)
}

export interface DecisionWords {
  /** `ONNX Runtime FP16, batch 8`; `No candidate meets this`; `No candidate surely meets this`. */
  readonly title: string
  /** The figure that is preferred, of what is recommended; null for nothing. */
  readonly figure: string | null
  /** Why, in one or two sentences. */
  readonly why: string
  /** What cannot be told apart; null without a tie. */
  readonly tie: string | null
  readonly runnerUp: string | null
  readonly whatIf: readonly string[]
}

export function decisionWords(choice: Choice, prefer: readonly Preference[]): DecisionWords {
  const { recommended, options, runnerUp } = choice
  const [first = 'images-per-second'] = prefer
  const whatIf = choice.whatIf.map((each) => whatIfWords(each, first))
  if (recommended === null) return { ...refusal(choice), figure: null, tie: null, runnerUp: null, whatIf }
  const met = options.filter(({ standing }) => standing === 'met').length
  const count = `${countText(met)} of ${countText(options.length)}`
  const why =
    met === 1
      ? `It is the only one of ${countText(options.length)} candidates that surely meets every limit.`
      : `It has ${preferenceWords[first].best} of the ${count} candidates that surely meet every limit.`
  return {
    title: optionName(recommended),
    figure: preferenceWords[first].figure(recommended.entry),
    why: choice.tie === null ? why : `${count} candidates surely meet every limit.`,
    tie: tieWords(choice, recommended),
    runnerUp: runnerUp && `${optionName(runnerUp)}: ${preferenceWords[first].figure(runnerUp.entry)}`,
    whatIf,
  }
}

function tieWords({ tie }: Choice, recommended: JudgedOption): string | null {
  if (tie === null) return null
  const others = tie.members.filter((member) => member !== recommended).map(optionName)
  const told = `A tie: by ${preferenceWords[tie.by].title} it cannot be told from ${others.join('; ')}.`
  if (tie.brokenBy === null) return `${told} Nothing that you prefer tells them apart either: take any of them.`
  const { title, figure } = preferenceWords[tie.brokenBy]
  return `${told} Your next preference, ${title}, breaks it: ${figure(recommended.entry)}.`
}

function refusal({ options, nearest }: Choice): Pick<DecisionWords, 'title' | 'why'> {
  const open = options.filter(({ standing }) => standing === 'not-sure')
  const [first] = open
  if (first !== undefined) {
    const others = open.length > 1 ? ` ${countText(open.length - 1)} more likewise.` : ''
    return {
      title: 'No candidate surely meets this',
      why: `${optionName(first)} is not sure: ${objectionWords(first)}.${others}`,
    }
  }
  if (nearest !== null) {
    const percent = `${Number(((nearest.result.missShare ?? 0) * 100).toPrecision(2))} %`
    return {
      title: 'No candidate meets this',
      why: `The nearest, ${optionName(nearest.option)}, misses by ${percent}: ${resultWords(nearest.result)}.`,
    }
  }
  const [any] = options
  const reason = any === undefined ? 'the run has no case' : `${optionName(any)}: ${objectionWords(any)}`
  return { title: 'No candidate meets this', why: `${reason}.` }
}

/** `p99 latency up to 8.50 ms: ONNX Runtime FP16, batch 16, 8,320 images/s`. */
function whatIfWords({ kind, limit, option }: WhatIf, first: Preference): string {
  const then =
    option === null ? 'nothing is left' : `${optionName(option)}, ${preferenceWords[first].figure(option.entry)}`
  if (kind === 'measure-longer') {
    const why = option === null ? '' : `, if it holds: ${objectionWords(option)}`
    return `Measuring longer could choose ${then}${why}`
  }
  if (kind === 'without-backend') return `Without its backend: ${then}`
  if (limit === null) return then
  return kind === 'raise-limit'
    ? `${limitWords(limit.name, limit.to, true)}: ${then}`
    : `${limitWords(limit.name, limit.to, false)}: ${then}`
}

function limitWords(name: LimitName, to: number, isRaised: boolean): string {
  const { label, unit } = limitOptions[name]
  const isAtLeast = name === 'imagesPerSecond'
  const bound = isRaised ? (isAtLeast ? 'down to' : 'up to') : isAtLeast ? 'above' : 'below'
  return `${label} ${bound} ${numberText(to)} ${unit}`
}

/** The row of a table: `✓ meets every limit`, `? p99 latency … crosses 8 ms`, `✕ parity: fail, …`. */
export function standingWords(option: JudgedOption): string {
  const objection = objectionWords(option)
  if (objection === null) return '✓ meets every limit'
  const mark = { met: '✓', missed: '✕', 'not-sure': '?', excluded: '✕' }[option.standing]
  return `${mark} ${objection}`
}

/** Figures of an option for a table; an unmeasured one is a dash. */
export function optionFigures({ entry }: CaseOption) {
  const text = (value: number | null, format = numberText) => (value === null ? '–' : format(value))
  return {
    p99Ms: isMeasured(entry.latencyMs.p99) ? text(entry.latencyMs.p99.value) : '–',
    p50Ms: text(entry.latencyMs.p50.value),
    imagesPerSecond: text(entry.imagesPerSecond.value),
    memoryMib: text(entry.memory.processPeakBytes.value, mebibytesText),
    energyJoules: text(entry.energyJoulesPerImage.value),
    parity: parityVerdictWords(entry),
  }
}
