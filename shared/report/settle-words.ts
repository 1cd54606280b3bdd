// The answer of a run that settles two cases: how the second compares with the first, whichever of them the run took as its
// baseline. Differences are of speed: 10 % faster is 1.10 times as many queries in the same time.
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord, RunRecord, Speedup } from '../domain/run.ts'
import { sequentialDesign } from '../statistics/sequential.ts'
import { caseName } from './case-words.ts'
import { capitalized } from './figure-text.ts'
import { marginText, ratioWords } from './verdict-words.ts'

export interface SettledAnswer {
  readonly verdict: 'faster' | 'slower' | 'same' | 'undecided' | 'refused'
  /** How many times as fast the second is as the first; null if refused. */
  readonly value: number | null
  readonly interval: Pick<Interval, 'low' | 'high'> | null
  readonly sentence: string
  /** What limits the answer: files that changed, how it was told. Sentences. */
  readonly notes: readonly string[]
}

/** @param filesThen sha256 of the files that the two ran before; null where that is not known. */
export function settledAnswer(
  record: RunRecord,
  filesThen: readonly [string | null, string | null] = [null, null],
): SettledAnswer {
  const [group] = record.groups
  const [first, second] = group?.cases ?? []
  const none = { value: null, interval: null }
  if (group === undefined || first === undefined || second === undefined) {
    return { verdict: 'refused', ...none, sentence: `No answer: the run is ${record.state}.`, notes: [] }
  }
  const isTurned = group.baseline !== first.caseKey
  const speedup = isTurned ? turned(first.speedup) : second.speedup
  const { value, interval, verdict, reason, heading } = speedup
  const notes = [
    ...(heading === null ? [] : [`${capitalized(heading)}.`]),
    ...[first, second].flatMap((entry, index) => fileNote(entry, filesThen[index] ?? null)),
  ]
  const decided = verdict === 'no-difference' ? 'undecided' : verdict
  if (value === null || decided === 'refused') {
    return { verdict: 'refused', ...none, sentence: `No verdict: ${reason}.`, notes }
  }
  const sentence = sentenceOf({ ...speedup, verdict: decided }, caseName(first), caseName(second))
  return { verdict: decided, value, interval, sentence, notes }
}

function turned(speedup: Speedup): Speedup {
  const { value, interval, verdict } = speedup
  return {
    ...speedup,
    value: value === null ? null : 1 / value,
    interval: interval && { ...interval, low: 1 / interval.high, high: 1 / interval.low },
    verdict: verdict === 'faster' ? 'slower' : verdict === 'slower' ? 'faster' : verdict,
  }
}

function sentenceOf(speedup: Speedup, first: string, second: string): string {
  const { verdict, interval, margin, reason } = speedup
  const ratio = ratioWords(speedup)
  if (verdict === 'same') return `${second} is as fast as ${first} within ${marginText(margin ?? 0)}: ${ratio}.`
  if (verdict === 'undecided') {
    const below = interval === null ? '' : ` below ${sharesText(reachOf(interval))} %`
    return `This run cannot tell ${second} and ${first} apart${below}: ${ratio}. ${capitalized(reason)}.`
  }
  const { low, high } = interval ?? { low: Number.NaN, high: Number.NaN }
  const shares = verdict === 'faster' ? [low - 1, high - 1] : [1 - high, 1 - low]
  return `${second} is ${verdict} than ${first} by ${shares.map(sharesText).join(' to ')} %: ${ratio}.`
}

/** The largest difference that the interval does not rule out. */
function reachOf({ low, high }: Pick<Interval, 'low' | 'high'>): number {
  return Math.max(high - 1, 1 - low)
}

/** `7.4`, `12`, `130`. */
function sharesText(share: number): string {
  const percent = share * 100
  return percent.toFixed(percent < 10 ? 1 : 0)
}

function fileNote(entry: CaseRecord, then: string | null): readonly string[] {
  const { artifactSha256: now } = entry
  if (then === null || now === null || then === now) return []
  return [
    `${caseName(entry)} ran another file than before (${now.slice(0, 8)}, then ${then.slice(0, 8)}): the answer is about the new one.`,
  ]
}

interface SettleForecast {
  readonly launches: number | null
  readonly mostLaunches: number
  readonly resolvable: number | null
  readonly expectedMs: number | null
  readonly mostMs: number | null
  readonly notes: readonly string[]
}

/**
 * What it takes, before it starts.
 * @param durationText `2 min 50 s`, as the place writes durations.
 */
export function forecastSentences(
  { launches, mostLaunches, resolvable, expectedMs, mostMs, notes }: SettleForecast,
  margin: number,
  durationText: (ms: number) => string,
): readonly string[] {
  const most = mostMs === null ? '' : `, at most about ${durationText(mostMs)}`
  const expected = expectedMs === null ? '' : ` (about ${durationText(expectedMs)})`
  const usual =
    launches === null
      ? `A clear difference ends it after ${sequentialDesign.looks[0]}.`
      : `Two that are equally fast are expected to be called the same after ${launches}${expected}.`
  const isTooFine = resolvable !== null && resolvable > margin
  return [
    `Telling differences of ${marginText(margin)} takes up to ${mostLaunches} launches${most}. ${usual}`,
    ...(mostMs === null ? ['How long that takes is not known: a case was not measured here before.'] : []),
    ...(isTooFine
      ? [`By its noise floor, this machine cannot tell less than ${marginText(Number(resolvable.toPrecision(2)))}.`]
      : []),
    ...notes,
  ]
}
