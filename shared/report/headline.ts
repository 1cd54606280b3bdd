// One sentence that answers a group: how much the best engine gains over the fastest comparable PyTorch at this batch,
// with its interval; and the gain over the baseline. Without PyTorch, only over the baseline. What is the same, undecided
// or refused is stated in words, without a number. Computed from only the record.
import { backendRows } from '../domain/backend.ts'
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord, GroupRecord, RunRecord, Speedup } from '../domain/run.ts'
import { judgingMargin } from '../statistics/group-summary.ts'
import { isCopyOf, judgingFloor } from '../statistics/noise-floor.ts'
import { decisionOf } from '../statistics/sequential.ts'
import { speedVerdict } from '../statistics/verdict.ts'
import { baselineName, caseName } from './case-words.ts'
import { capitalized, numberText } from './figure-text.ts'
import { gainBetween, undisturbedHeadline } from './gain.ts'
import { answerWords, marginText, moreText, ratioWords } from './verdict-words.ts'

export interface Headline {
  readonly verdict: Speedup['verdict']
  /** The gain; null unless the verdict names a winner. */
  readonly value: number | null
  readonly interval: Interval | null
  /** What is shown in place of the gain: `same within 2 %`, `undecided`; null if there is a gain. */
  readonly answer: string | null
  /** `ONNX Runtime FP32 beats PyTorch eager FP32: 28.8 ms against 40.2 ms.` */
  readonly statement: string
  /** The second sentence; empty if there is nothing to add. */
  readonly explanation: string
  /** The gain without disturbed rounds, as a sentence; null if none was disturbed. */
  readonly withoutFlagged: string | null
  /** `timing only, predictions not judged`, `simulated`; null if the claim is unrestricted. */
  readonly heading: string | null
  /** caseKeys named in the statement. */
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
  const { verdict } = judged
  const names = verdict === 'faster' || verdict === 'slower'
  const isPlain = !isTorch(reference) || group.cases.filter(isTorch).length < 2
  const against = isPlain || isTorch(best) ? caseName(reference) : `the fastest PyTorch, ${caseName(reference)}`
  return {
    verdict,
    value: names ? value : null,
    interval: names ? interval : null,
    answer: names ? null : answerWords(judged),
    statement: statementOf(judged, best, reference, against),
    explanation: [...explanationOf(judged, best, reference, baseline), ...openWords(best, contenders)].join(' '),
    withoutFlagged: undisturbedHeadline(best, reference, baseline, interval),
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

function statementOf(judged: Judged, best: CaseRecord, reference: CaseRecord, against: string): string {
  const { verdict, margin } = judged
  if (verdict === 'no-difference')
    return `No difference is shown between ${caseName(best)} and ${against}: ${ratioWords(judged)}.`
  if (verdict === 'same') {
    const within = margin === undefined ? '' : ` within ${marginText(margin)}`
    return `${caseName(best)} is as fast as ${against}${within}: ${ratioWords(judged)}.`
  }
  if (verdict === 'undecided')
    return `Whether ${caseName(best)} is faster than ${against} is undecided: ${ratioWords(judged)}.`
  const [own, other] = [best.latencyMs.p50.value, reference.latencyMs.p50.value]
  const times = own === null || other === null ? '' : `: ${numberText(own)} ms against ${numberText(other)} ms`
  return verdict === 'faster'
    ? `${caseName(best)} beats ${against}${times}.`
    : `Nothing beats ${against}; ${caseName(best)} comes next${times}.`
}

function explanationOf(
  { verdict, minutesToDecide }: Judged,
  best: CaseRecord,
  reference: CaseRecord,
  baseline: CaseRecord,
): readonly string[] {
  const needed =
    verdict === 'undecided' && minutesToDecide != null ? [`About ${moreText(minutesToDecide)} would decide it.`] : []
  if (reference === baseline || best.speedup.value === null) {
    return verdict === 'no-difference' ? [ended(capitalized(best.speedup.reason))] : needed
  }
  return [`Over ${caseName(baseline)} the gain is ${ratioWords(best.speedup)}.`]
}

/** Undecided cases that may yet turn out faster than the best. */
function openWords(best: CaseRecord, contenders: readonly CaseRecord[]): readonly string[] {
  const open = contenders.filter(
    ({ caseKey, speedup: { verdict, interval } }) =>
      caseKey !== best.caseKey && verdict === 'undecided' && (interval?.high ?? 0) > (best.speedup.value ?? 0),
  )
  return open.map((entry) => `${caseName(entry)} may be faster still, but is undecided: ${ratioWords(entry.speedup)}.`)
}

function refusedHeadline(group: GroupRecord, { state, error }: RunRecord, heading: string | null): Headline {
  const others = group.cases.filter(({ caseKey }) => caseKey !== group.baseline)
  const reasons = [...new Set(others.map((entry) => ended(`${caseName(entry)}: ${entry.speedup.reason}`)))]
  const alone = others.length === 0
  return {
    verdict: 'refused',
    value: null,
    interval: null,
    answer: answerWords({ verdict: 'refused' }),
    statement: alone
      ? `${baselineName(group)} was the only case measured.`
      : `No speedup is claimed over ${baselineName(group)}.`,
    explanation: alone || state === 'failed' ? (error?.message ?? reasons.join(' ')) : reasons.join(' '),
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
