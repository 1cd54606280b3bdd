// One sentence that answers a group: how much the best engine gains over the fastest comparable PyTorch at this batch,
// with its interval; and the gain over the baseline. Without PyTorch, only over the baseline. A tie or a refusal is
// stated in words, without a number. Computed from only the record.
import { backendRows } from '../domain/backend.ts'
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord, GroupRecord, RunRecord, Speedup } from '../domain/run.ts'
import { judgingMargin } from '../statistics/group-summary.ts'
import { floorValue, isCopyOf } from '../statistics/noise-floor.ts'
import { decisionOf } from '../statistics/sequential.ts'
import { speedVerdict } from '../statistics/verdict.ts'
import { baselineName, caseName } from './case-words.ts'
import { numberText, rangeText, timesText } from './figure-text.ts'
import { gainBetween, undisturbedHeadline } from './gain.ts'

export interface Headline {
  readonly verdict: Speedup['verdict']
  /** The gain; null unless the verdict names a winner. */
  readonly value: number | null
  readonly interval: Interval | null
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
  const heading = headingOf(group, record.simulated)
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const contenders = group.cases.filter((entry) => baseline !== undefined && isContender(entry, baseline))
  const engines = contenders.filter((entry) => !isTorch(entry))
  const best = fastest(engines.length > 0 ? engines : contenders)
  if (baseline === undefined || best === undefined) return refusedHeadline(group, record, heading)
  const torch = engines.length > 0 ? fastest(contenders.filter((entry) => isTorch(entry) && isGain(entry))) : undefined
  const reference = torch ?? baseline
  const { value, interval } = gainBetween(best, reference, baseline)
  const verdict = reference === baseline ? best.speedup.verdict : verdictBetween(record, value, interval)
  const isPlain = !isTorch(reference) || group.cases.filter(isTorch).length < 2
  const against = isPlain || isTorch(best) ? caseName(reference) : `the fastest PyTorch, ${caseName(reference)}`
  return {
    verdict,
    value: namesWinner(verdict) ? value : null,
    interval: namesWinner(verdict) ? interval : null,
    statement: statementOf(verdict, best, reference, against, value, interval),
    explanation: explanationOf(best, reference, baseline, verdict),
    withoutFlagged: undisturbedHeadline(best, reference, baseline, interval),
    heading,
    best: best.caseKey,
    reference: reference.caseKey,
  }
}

function verdictBetween(record: RunRecord, value: number, interval: Interval | null): Headline['verdict'] {
  const [margin, noiseFloor] = [judgingMargin(record), floorValue(record.noiseFloor)]
  if (margin === null) return speedVerdict(value, interval, noiseFloor)
  return interval === null ? 'undecided' : decisionOf(value, interval, { margin, noiseFloor })
}

function isContender(entry: CaseRecord, baseline: CaseRecord): boolean {
  if (entry === baseline || isCopyOf(entry, baseline)) return false
  return entry.state === 'completed' && entry.speedup.verdict !== 'refused' && entry.speedup.value !== null
}

function namesWinner(verdict: Headline['verdict']): boolean {
  return verdict === 'faster' || verdict === 'slower'
}

function isGain({ speedup }: CaseRecord): boolean {
  return speedup.verdict === 'faster'
}

function fastest(cases: readonly CaseRecord[]): CaseRecord | undefined {
  return [...cases].sort((left, right) => (right.speedup.value ?? 0) - (left.speedup.value ?? 0))[0]
}

function statementOf(
  verdict: Headline['verdict'],
  best: CaseRecord,
  reference: CaseRecord,
  against: string,
  value: number,
  interval: Interval | null,
): string {
  const range = interval === null ? '' : ` (${rangeText(interval)})`
  if (verdict === 'no-difference')
    return `No difference is shown between ${caseName(best)} and ${against}: ${timesText(value)}${range}.`
  if (verdict === 'same') return `${caseName(best)} and ${against} are equally fast: ${timesText(value)}${range}.`
  if (verdict === 'undecided')
    return `Whether ${caseName(best)} or ${against} is faster is undecided: ${timesText(value)}${range}.`
  const [own, other] = [best.latencyMs.p50.value, reference.latencyMs.p50.value]
  const times = own === null || other === null ? '' : `: ${numberText(own)} ms against ${numberText(other)} ms`
  return verdict === 'faster'
    ? `${caseName(best)} beats ${against}${times}.`
    : `Nothing beats ${against}; ${caseName(best)} comes next${times}.`
}

function explanationOf(
  best: CaseRecord,
  reference: CaseRecord,
  baseline: CaseRecord,
  verdict: Headline['verdict'],
): string {
  if (reference === baseline || best.speedup.value === null) {
    return !namesWinner(verdict) ? ended(capitalized(best.speedup.reason)) : ''
  }
  const range = best.speedup.interval === null ? '' : ` (${rangeText(best.speedup.interval)})`
  return `Over ${caseName(baseline)} the gain is ${timesText(best.speedup.value)}${range}.`
}

function refusedHeadline(group: GroupRecord, { state, error }: RunRecord, heading: string | null): Headline {
  const others = group.cases.filter(({ caseKey }) => caseKey !== group.baseline)
  const reasons = [...new Set(others.map((entry) => ended(`${caseName(entry)}: ${entry.speedup.reason}`)))]
  const alone = others.length === 0
  return {
    verdict: 'refused',
    value: null,
    interval: null,
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

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
