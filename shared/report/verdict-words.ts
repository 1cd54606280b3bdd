// The words for the outcome of a comparison, the same on every screen and in every report: the verdict, the figure it
// rests on, how many launches were used, why the group stopped, and the version of the measuring protocol.
import type { Interval } from '../domain/figure.ts'
import type { GroupRecord, GroupStop, ProtocolVersion, RunRecord, Speedup } from '../domain/run.ts'
import { rangeText, ratioText } from './figure-text.ts'

type Judged = Pick<Speedup, 'verdict' | 'margin' | 'minutesToDecide'>

/** `faster`, `same within 2 %`, `undecided: needs about 4 more minutes`, `no difference shown`, `speedup refused`. */
export function verdictWords({ verdict, margin, minutesToDecide }: Judged): string {
  switch (verdict) {
    case 'same':
      return margin === undefined ? 'same' : `same within ${marginText(margin)}`
    case 'undecided':
      return minutesToDecide == null ? 'undecided' : `undecided: needs about ${moreText(minutesToDecide)}`
    case 'no-difference':
      return 'no difference shown'
    case 'refused':
      return 'speedup refused'
    default:
      return verdict
  }
}

/** Where a headline has no number: `same within 2 %`, `undecided`, `no difference shown`, `no speedup claimed`. */
export function answerWords({ verdict, margin }: Pick<Judged, 'verdict' | 'margin'>): string {
  return verdict === 'refused' ? 'no speedup claimed' : verdictWords({ verdict, margin })
}

/** `2 %`, `2.5 %`. */
export function marginText(margin: number): string {
  return `${Number((margin * 100).toPrecision(3))} %`
}

/** `1 more minute`, `4 more minutes`, `2 more hours`. */
export function moreText(minutes: number): string {
  const [count, unit] = wholeTime(minutes)
  return `${count} more ${count === 1 ? unit : `${unit}s`}`
}

/** `1 minute`, `4 minutes`, `2 hours`. */
export function minutesText(minutes: number): string {
  const [count, unit] = wholeTime(minutes)
  return `${count} ${count === 1 ? unit : `${unit}s`}`
}

/** Rounded up, at least one minute; in hours from two hours on. */
function wholeTime(minutes: number): readonly [count: number, unit: 'minute' | 'hour'] {
  return minutes > 120 ? [Math.ceil(minutes / 60), 'hour'] : [Math.max(1, Math.ceil(minutes)), 'minute']
}

/** To a tenth of a percent: `1.004`. For tables, and for a ratio close to 1 that names no winner. */
export function fineText(ratio: number): string {
  return ratio.toFixed(3)
}

/** `2.03 × (1.98 – 2.08)`, `1.004 × (0.995 – 1.013)`. */
export function ratioWords(speedup: Ratio, format = formatOf(speedup)): string {
  const { value, interval } = speedup
  if (value === null) return ''
  return `${format(value)} ×${interval === null ? '' : ` (${rangeText(interval, format)})`}`
}

interface Ratio extends Pick<Speedup, 'value' | 'verdict'> {
  readonly interval: Pick<Interval, 'low' | 'high'> | null
}

function formatOf({ value, verdict }: Ratio): (ratio: number) => string {
  const isOpen = verdict === 'same' || verdict === 'undecided'
  return isOpen && value !== null && Math.abs(value - 1) < 0.1 ? fineText : ratioText
}

/** The two lines next to a bar that names no winner: the verdict, and its interval or its reason; null for a winner. */
export function besideBar(speedup: Speedup): { readonly head: string; readonly note: string } | null {
  const { verdict, reason, interval } = speedup
  if (verdict === 'faster' || verdict === 'slower' || verdict === 'refused') return null
  const isOld = verdict === 'no-difference' || interval === null
  return { head: answerWords(speedup), note: isOld ? reason : rangeText(interval, formatOf(speedup)) }
}

/** `1 launch`, `8 launches`. */
export function launchesText(count: number): string {
  return count === 1 ? '1 launch' : `${count} launches`
}

type StoppedGroup = Pick<GroupRecord, 'launches' | 'stopped' | 'baseline' | 'cases'>

/** `decided after 8 launches`; null for a group of protocol 1, or one that did not end by itself. */
export function stoppedWords({ launches, stopped, baseline, cases }: StoppedGroup): string | null {
  if (stopped === undefined || launches === undefined) return null
  const isJudged = cases.some(({ caseKey, speedup }) => caseKey !== baseline && speedup.verdict !== 'refused')
  return isJudged ? stopWords(stopped, launches.length) : `ended after ${launchesText(launches.length)}`
}

/** Why launches ended, while the group is measured. */
export function stopWords(stopped: GroupStop, launches: number): string {
  const after = `after ${launchesText(launches)}`
  if (stopped === 'decided') return `decided ${after}`
  return stopped === 'time' ? `stopped at the time limit ${after}` : `stopped at the launch limit ${after}`
}

/** Version of the rules by which the run was measured and is recomputed. */
export function protocolOf({ protocol }: Pick<RunRecord, 'protocol'>): ProtocolVersion {
  return protocol ?? 1
}

/** `measured by protocol 2`. */
export function protocolWords(record: Pick<RunRecord, 'protocol'>): string {
  return `measured by protocol ${protocolOf(record)}`
}

/** `decided after 8 launches, measured by protocol 2`; `measured by protocol 1`. */
export function measuredWords(record: Pick<RunRecord, 'protocol'>, group: GroupRecord): string {
  return [stoppedWords(group), protocolWords(record)].filter((words) => words !== null).join(', ')
}

/** `after 5 launches 1.02 × (0.98 – 1.06) undecided; after 8 launches …`; null if there was no look. */
export function looksWords({ looks = [], margin }: Pick<Speedup, 'looks' | 'margin'>): string | null {
  if (looks.length === 0) return null
  return looks
    .map((look) => `after ${launchesText(look.launches)} ${ratioWords(look)} ${verdictWords({ ...look, margin })}`)
    .join('; ')
}

/** Minutes until every comparison of the group is decided, as far as known; null if none is undecided. */
export function minutesToDecide({ cases }: Pick<GroupRecord, 'cases'>): number | 'unknown' | null {
  const undecided = cases.filter(({ speedup }) => speedup.verdict === 'undecided')
  if (undecided.length === 0) return null
  const known = undecided.flatMap(({ speedup }) => speedup.minutesToDecide ?? [])
  return known.length === 0 ? 'unknown' : Math.max(...known)
}
