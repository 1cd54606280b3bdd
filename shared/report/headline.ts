// The answer of a group: which engine to ship, how much faster it is than what it replaces, with the interval, and which
// comes next. It replaces the fastest comparable PyTorch; without PyTorch, the baseline. Where nothing beats that, it is
// the one to ship. What is the same, undecided, refused or measured only on a disturbed machine is stated in words,
// without a number, and with the lowest latency. Computed from only the record.
import { backendRows } from '../domain/backend.ts'
import type { Interval } from '../domain/figure.ts'
import { copyOfKey } from '../domain/key.ts'
import type { CaseRecord, GroupRecord, RunRecord, Speedup } from '../domain/run.ts'
import { gainBetween, inverted } from '../statistics/gain-between.ts'
import { judgingMargin } from '../statistics/group-summary.ts'
import { isCopyOf, judgingFloor } from '../statistics/noise-floor.ts'
import { decisionOf } from '../statistics/sequential.ts'
import { speedVerdict } from '../statistics/verdict.ts'
import { baselineName, caseName, parityVerdictWords } from './case-words.ts'
import { capitalized, levelText, numberText, rangeText, timesText } from './figure-text.ts'
import { everyRoundDisturbed, undisturbedHeadline } from './gain.ts'
import { answerWords, launchesText, marginText, moreText, ratioWords } from './verdict-words.ts'

export interface Headline {
  readonly verdict: Speedup['verdict']
  /** How much faster the engine to ship is than `reference`; null unless the verdict names a winner. */
  readonly value: number | null
  readonly interval: Interval | null
  /** What is shown in place of the gain: `same within 2 %`, `undecided`; null if there is a gain. */
  readonly answer: string | null
  /** `Ship ONNX Runtime FP32: 1.39 × faster than PyTorch eager FP32, 28.8 ms, parity passed.` */
  readonly statement: string
  /** How sure: `1.36 – 1.42, 95 % interval over 8 launches`; null if there is no gain or no interval. */
  readonly certainty: string | null
  /** The sentences that follow, first the runner-up; empty if there is nothing to add. */
  readonly explanation: string
  /** The gain without disturbed rounds, as a sentence; null if none was disturbed. */
  readonly withoutFlagged: string | null
  /** `timing only, predictions not judged`, `simulated`; null if the claim is unrestricted. */
  readonly heading: string | null
  /** caseKeys of the engine to ship, or of the first of a comparison that names none, and of the other. */
  readonly best: string | null
  readonly reference: string | null
}

const isTorch = ({ backend }: CaseRecord) => backendRows[backend].isPytorch

/** @throws RangeError for a group that the record does not have. */
export function headlineOf(record: RunRecord, groupKey: string): Headline {
  const group = record.groups.find((entry) => entry.groupKey === groupKey)
  if (group === undefined) throw new RangeError(`the run has no group ${groupKey}`)
  return headlineOfGroup(record, group)
}

export function headlineOfGroup(record: RunRecord, group: GroupRecord): Headline {
  const heading = headingOf(group, record.simulated)
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const contenders = group.cases.filter((entry) => baseline !== undefined && isContender(entry, baseline))
  const engines = contenders.filter((entry) => !isTorch(entry))
  const best = fastest(engines.length > 0 ? engines : contenders)
  if (baseline === undefined || best === undefined) return refusedHeadline(group, record, heading)
  const torch = engines.length > 0 ? fastest(contenders.filter((entry) => isTorch(entry) && isGain(entry))) : undefined
  const reference = torch ?? baseline
  const { value, interval } = gainBetween(best, reference, baseline)
  const judged: Judged =
    reference === baseline
      ? { ...best.speedup, value }
      : { value, interval, margin: best.speedup.margin, verdict: verdictBetween(record, best, value, interval) }
  const subject: Subject = { record, group, baseline, contenders, best, reference, judged, heading }
  const { verdict } = judged
  if (verdict !== 'faster' && verdict !== 'slower') return openHeadline(subject)
  const withoutFlagged = undisturbedHeadline(best, reference, baseline, { interval, isInverted: verdict === 'slower' })
  return withoutFlagged === everyRoundDisturbed ? disturbedHeadline(subject) : shipHeadline(subject, withoutFlagged)
}

/** What a headline is made from. `judged` compares `best`, the fastest engine, with `reference`. */
interface Subject {
  readonly record: RunRecord
  readonly group: GroupRecord
  readonly baseline: CaseRecord
  readonly contenders: readonly CaseRecord[]
  readonly best: CaseRecord
  readonly reference: CaseRecord
  readonly judged: Judged
  readonly heading: string | null
}

/** One is faster than the other: the engine, or what it was to replace. */
function shipHeadline(subject: Subject, withoutFlagged: string | null): Headline {
  const { baseline, best, reference, judged, heading } = subject
  const isBeaten = judged.verdict === 'faster'
  const [shipped, other] = isBeaten ? [best, reference] : [reference, best]
  const { value, interval } = isBeaten ? judged : inverted(judged)
  const launches = best.speedup.launches === undefined ? '' : ` over ${launchesText(best.speedup.launches)}`
  const named = isBeaten ? againstWords(subject) : caseName(other)
  const facts = [`${timesText(value)} faster than ${named}`, ...latencyWords(shipped), ...parityFact(shipped)].join(
    ', ',
  )
  return {
    verdict: judged.verdict,
    value,
    interval,
    answer: null,
    statement: `${heading === null ? `Ship ${caseName(shipped)}` : `${caseName(shipped)} is the fastest`}: ${facts}.`,
    certainty: interval === null ? null : `${rangeText(interval)}, ${levelText(interval)} interval${launches}`,
    explanation: [
      ...(isBeaten
        ? [...runnerUp(subject), ...overBaseline(subject), ...openWords(subject)]
        : [...nothingBeats(subject), ...overBaselineOf(reference, baseline)]),
      ...levelNote(interval),
    ].join(' '),
    withoutFlagged,
    heading,
    best: shipped.caseKey,
    reference: other.caseKey,
  }
}

/** The same, undecided, or no difference shown. */
function openHeadline(subject: Subject): Headline {
  const { group, baseline, best, reference, judged, heading } = subject
  const { interval } = judged
  return {
    verdict: judged.verdict,
    value: null,
    interval: null,
    answer: answerWords(judged),
    statement: openStatement(judged, best, againstWords(subject)),
    certainty: null,
    explanation: [...explanationOf(subject), ...openWords(subject), ...lowestLatency(group)].join(' '),
    withoutFlagged: undisturbedHeadline(best, reference, baseline, { interval, isInverted: false }),
    heading,
    best: best.caseKey,
    reference: reference.caseKey,
  }
}

/** A gain that was measured in no quiet round is told, not claimed. */
function disturbedHeadline(subject: Subject): Headline {
  const { group, best, reference, judged, heading } = subject
  return {
    verdict: 'refused',
    value: null,
    interval: null,
    answer: 'every round disturbed',
    statement: `No speedup is claimed for ${caseName(best)} over ${againstWords(subject)}: other work disturbed every round.`,
    certainty: null,
    explanation: [`Disturbed, it was ${ratioWords(judged)}.`, ...lowestLatency(group)].join(' '),
    withoutFlagged: null,
    heading,
    best: best.caseKey,
    reference: reference.caseKey,
  }
}

/** Of two candidates with each other, neither of which is the baseline. */
function verdictBetween(
  record: RunRecord,
  { speedup }: CaseRecord,
  value: number,
  interval: Interval | null,
): Headline['verdict'] {
  const margin = judgingMargin(record)
  if (margin === null) return speedVerdict(value, interval, judgingFloor(record))
  return interval === null ? 'undecided' : decisionOf(value, interval, speedup.margin ?? margin)
}

function isContender(entry: CaseRecord, baseline: CaseRecord): boolean {
  if (entry === baseline || isCopyOf(entry, baseline)) return false
  return entry.state === 'completed' && entry.speedup.verdict !== 'refused' && entry.speedup.value !== null
}

function isGain({ speedup }: CaseRecord): boolean {
  return speedup.verdict === 'faster'
}

/** The highest speedup among those that are faster, else among those that may be, else of all. */
function fastest(cases: readonly CaseRecord[]): CaseRecord | undefined {
  const byRank = [cases.filter(isGain), cases.filter(({ speedup }) => speedup.verdict !== 'slower'), cases]
  const isSequential = cases.some(({ speedup: { verdict } }) => verdict === 'undecided' || verdict === 'same')
  const pool = isSequential ? byRank.find(({ length }) => length > 0) : cases
  return [...(pool ?? [])].sort((left, right) => (right.speedup.value ?? 0) - (left.speedup.value ?? 0))[0]
}

type Judged = Pick<Speedup, 'verdict' | 'interval' | 'margin' | 'minutesToDecide'> & { readonly value: number }

function openStatement(judged: Judged, best: CaseRecord, against: string): string {
  const { verdict, margin } = judged
  if (verdict === 'no-difference')
    return `No difference is shown between ${caseName(best)} and ${against}: ${ratioWords(judged)}.`
  if (verdict === 'same') {
    const within = margin === undefined ? '' : ` within ${marginText(margin)}`
    return `${caseName(best)} is as fast as ${against}${within}: ${ratioWords(judged)}.`
  }
  return `Whether ${caseName(best)} is faster than ${against} is undecided: ${ratioWords(judged)}.`
}

/** `the fastest PyTorch, torch.compile FP32` where there are several. */
function againstWords({ group, best, reference }: Subject): string {
  const isPlain = !isTorch(reference) || group.cases.filter(isTorch).length < 2
  return isPlain || isTorch(best) ? caseName(reference) : `the fastest PyTorch, ${caseName(reference)}`
}

function latencyWords({ latencyMs: { p50 } }: CaseRecord): readonly string[] {
  return p50.value === null ? [] : [`${numberText(p50.value)} ms`]
}

const parityFacts = { pass: 'parity passed', warn: 'parity warns', fail: 'parity failed' } as const

function parityFact(entry: CaseRecord): readonly string[] {
  const { verdict, reason } = entry.parity
  if (reason === 'reference') return ['the reference of parity']
  return [verdict === 'not-judged' ? `parity ${parityVerdictWords(entry)}` : parityFacts[verdict]]
}

/** The next of those that gain; nothing where that is what the engine is compared with already. */
function runnerUp({ record, baseline, contenders, best, reference }: Subject): readonly string[] {
  const gains = contenders.filter((entry) => isGain(entry) || isOpenAbove(entry, best))
  const others = [reference, ...gains].filter((entry) => entry !== best && !isCopyOf(entry, best))
  const speedOf = (entry: CaseRecord) => (entry === baseline ? 1 : (entry.speedup.value ?? 0))
  const [next] = others.sort((left, right) => speedOf(right) - speedOf(left))
  if (next === undefined || next === reference || isOpenAbove(next, best)) return []
  const { value, interval } = gainBetween(best, next, baseline)
  const verdict = verdictBetween(record, best, value, interval)
  if (verdict === 'faster') return [`Next comes ${caseName(next)}, ${ratioWords(next.speedup)}.`]
  const ratio = ratioWords({ value, interval, verdict })
  return verdict === 'same'
    ? [`${caseName(next)} is as fast: ${ratio}.`]
    : [`It is not told apart from ${caseName(next)}: ${ratio}.`]
}

function nothingBeats({ best, judged }: Subject): readonly string[] {
  return [`Nothing measured beats it; ${caseName(best)} comes next, ${ratioWords(judged)}.`]
}

function overBaseline({ best, reference, baseline }: Subject): readonly string[] {
  return reference === baseline ? [] : overBaselineOf(best, baseline)
}

function overBaselineOf(entry: CaseRecord, baseline: CaseRecord): readonly string[] {
  if (entry === baseline || entry.speedup.value === null) return []
  return [`Over ${caseName(baseline)} the gain is ${ratioWords(entry.speedup)}.`]
}

/** Why an interval holds at another level than the usual one. */
function levelNote(interval: Interval | null): readonly string[] {
  if (interval === null || interval.level === 0.95) return []
  const level = levelText(interval)
  return interval.level < 0.95
    ? [`The interval holds at ${level}, since it combines two.`]
    : [`The interval holds at ${level}, so that all comparisons of this batch hold together.`]
}

/** Of the cases that may be shipped: parity did not fail, and the precision is what it says. */
function lowestLatency({ cases }: GroupRecord): readonly string[] {
  const [lowest, ...others] = cases
    .filter(({ state, parity }) => state === 'completed' && parity.verdict !== 'fail')
    .filter(({ precisionProof, caseKey }) => precisionProof?.holds !== false && copyOfKey(caseKey).copy === null)
    .flatMap((entry) => (entry.latencyMs.p50.value === null ? [] : [{ entry, p50: entry.latencyMs.p50.value }]))
    .sort((left, right) => left.p50 - right.p50)
  if (lowest === undefined || others.length === 0) return []
  return [`The lowest median latency is that of ${caseName(lowest.entry)}, ${numberText(lowest.p50)} ms.`]
}

function explanationOf({ judged, best, reference, baseline }: Subject): readonly string[] {
  const { verdict, minutesToDecide } = judged
  const needed =
    verdict === 'undecided' && minutesToDecide != null ? [`About ${moreText(minutesToDecide)} would decide it.`] : []
  if (reference === baseline || best.speedup.value === null) {
    return verdict === 'no-difference' ? [ended(capitalized(best.speedup.reason))] : needed
  }
  return overBaselineOf(best, baseline)
}

function isOpenAbove({ speedup: { verdict, interval } }: CaseRecord, best: CaseRecord): boolean {
  return verdict === 'undecided' && (interval?.high ?? 0) > (best.speedup.value ?? 0)
}

/** Undecided cases that may yet turn out faster than the best. */
function openWords({ best, contenders }: Subject): readonly string[] {
  const open = contenders.filter((entry) => entry !== best && isOpenAbove(entry, best))
  return open.map((entry) => `${caseName(entry)} may be faster still, but is undecided: ${ratioWords(entry.speedup)}.`)
}

function refusedHeadline(group: GroupRecord, { state, error }: RunRecord, heading: string | null): Headline {
  const others = group.cases.filter(({ caseKey }) => caseKey !== group.baseline)
  const reasons = [...new Set(others.map((entry) => ended(`${caseName(entry)}: ${entry.speedup.reason}`)))]
  const isOnly = others.length === 0
  return {
    verdict: 'refused',
    value: null,
    interval: null,
    answer: answerWords({ verdict: 'refused' }),
    statement: isOnly
      ? `${baselineName(group)} was the only case measured.`
      : `No speedup is claimed over ${baselineName(group)}.`,
    certainty: null,
    explanation: isOnly || state === 'failed' ? (error?.message ?? reasons.join(' ')) : reasons.join(' '),
    withoutFlagged: null,
    heading,
    best: null,
    reference: null,
  }
}

function headingOf({ cases }: GroupRecord, simulated: boolean): string | null {
  const timingOnly = cases.map(({ speedup }) => speedup.heading).find((heading) => heading !== null) ?? null
  const parts = [...(simulated ? ['simulated'] : []), ...(timingOnly === null ? [] : [timingOnly])]
  return parts.length === 0 ? null : parts.join('; ')
}

/** With exactly one full stop, whether or not the reason ended with one. */
function ended(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}
