// The answer: the gain with its interval, a sentence that names what it is compared with, and the caveats.
import { Fragment, useState } from 'react'
import type { Machine } from '../../../shared/domain/fingerprint.ts'
import type { Badge as BadgeName, GroupRecord, RunRecord } from '../../../shared/domain/run.ts'
import type { Preflight } from '../../../shared/domain/sampling-record.ts'
import { countText, percentText } from '../../../shared/report/figure-text.ts'
import { headlineOf } from '../../../shared/report/headline.ts'
import { noiseFloorWords } from '../../../shared/report/method-words.ts'
import { protocolWords, stoppedWords } from '../../../shared/report/verdict-words.ts'
import { floorValue, unresolvedShare } from '../../../shared/statistics/noise-floor.ts'
import { deadZone, poorFloorSentence } from '../../../shared/statistics/verdict.ts'
import { Button } from '../../components/button.tsx'
import { Badge, RecordBadge } from '../../components/glyph.tsx'
import { PageHead } from '../../components/page-frame.tsx'
import { useMachine } from '../../state/application.ts'
import { goTo } from '../../state/place.ts'

interface ResultsHeadProps {
  readonly record: RunRecord
  readonly group: GroupRecord
  readonly actions: React.ReactNode
}

export function ResultsHead({ record, group, actions }: ResultsHeadProps) {
  const headline = headlineOf(record, group.groupKey)
  const { value, answer } = headline
  return (
    <PageHead
      number={
        value === null ? (
          <small className="ink">{answer}</small>
        ) : (
          <>
            {value.toFixed(2)}
            <small className="ink"> ×</small>
          </>
        )
      }
      note={headline.certainty}
      statement={headline.statement}
      explanation={
        <>
          {headline.explanation}
          {headline.withoutFlagged && <span className="ink-word"> {headline.withoutFlagged}</span>}
        </>
      }
      badges={<Conditions record={record} group={group} heading={headline.heading} />}
      actions={actions}
    />
  )
}

/** The most badges beside the answer; the others are among the conditions, one click away. */
const badgesShown = 3

interface Condition {
  readonly key: string
  readonly badge: React.ReactNode
  /** What limits the claim comes before what only describes the run. */
  readonly limits: boolean
}

/** What a reader must know to trust the figure: the first badges, and a button for the rest and the reasons. */
function Conditions({
  record,
  group,
  heading,
}: Pick<ResultsHeadProps, 'record' | 'group'> & { heading: string | null }) {
  const [open, setOpen] = useState(false)
  const machine = useMachine()
  const other = machine.data ? otherMachine(machine.data, record.fingerprint.machine) : null
  const all = [...claimConditions(record, group, heading), ...trustConditions(record, other)]
  const conditions = [...all.filter(({ limits }) => limits), ...all.filter(({ limits }) => !limits)]
  const reasons = trustReasons(record)
  const hidden = conditions.length - badgesShown + (reasons.length > 0 ? 1 : 0)
  const shown = open ? conditions : conditions.slice(0, badgesShown)
  return (
    <>
      {shown.map(({ key, badge }) => (
        <Fragment key={key}>{badge}</Fragment>
      ))}
      {hidden > 0 && (
        <Button kind="plain" onClick={() => setOpen((now) => !now)} expanded={open}>
          {open ? 'Fewer conditions' : `Conditions (${hidden} more)`}
        </Button>
      )}
      {open && <TrustReasons record={record} reasons={reasons} />}
    </>
  )
}

/** What restricts the claim, then why measuring stopped and by which rules it was judged. */
function claimConditions(record: RunRecord, group: GroupRecord, heading: string | null): readonly Condition[] {
  const limits = heading?.split('; ').filter((limit) => limit !== 'simulated') ?? []
  const stopped = stoppedWords(group)
  return [
    ...badgesOf(record, group).map((badge) => ({ key: badge, limits: true, badge: <RecordBadge badge={badge} /> })),
    ...limits.map((limit) => ({ key: limit, limits: true, badge: <Badge>{limit}</Badge> })),
    ...(stopped === null ? [] : [{ key: 'stopped', limits: false, badge: <Badge>{stopped}</Badge> }]),
    {
      key: 'protocol',
      limits: false,
      badge: (
        <Badge title="The version of the measuring rules; see Measuring in the guide">{protocolWords(record)}</Badge>
      ),
    },
  ]
}

/** Simulated first, then seeded weights: what must never be missed. */
function badgesOf(record: RunRecord, group: GroupRecord): readonly BadgeName[] {
  const badges = new Set(group.cases.flatMap((each) => each.badges))
  if (record.simulated) badges.add('simulated')
  const first = (['simulated', 'seeded-weights'] as const).filter((badge) => badges.has(badge))
  return [...new Set([...first, ...badges])]
}

const preflightWords: Readonly<Record<Preflight['verdict'], string>> = {
  quiet: 'quiet before the run',
  noisy: 'noisy before the run',
  unknown: 'state before the run unknown',
}

/** Whether the machine was quiet before the run, and the smallest difference it can show. */
function trustConditions(record: RunRecord, other: string | null): readonly Condition[] {
  const preflight = record.sampling?.preflight ?? null
  const floor = floorValue(record.noiseFloor)
  const poor = poorFloorSentence(unresolvedShare(record))
  const { used } = record.images
  const noisy = preflight?.verdict === 'noisy'
  return [
    ...(other === null
      ? []
      : [
          {
            key: 'machine',
            limits: true,
            badge: <Badge title="Results from different machines are not compared">another machine: {other}</Badge>,
          },
        ]),
    ...(preflight === null
      ? []
      : [
          {
            key: 'preflight',
            limits: noisy,
            badge: (
              <Badge tone={noisy ? 'warn' : 'plain'} title={preflight.reason}>
                {preflightWords[preflight.verdict]}
              </Badge>
            ),
          },
        ]),
    {
      key: 'floor',
      limits: poor !== null,
      badge: (
        <Badge
          tone={poor ? 'warn' : 'plain'}
          title={`Smallest difference shown: ${noiseFloorWords(record.noiseFloor)}`}
        >
          {poor ?? `shows differences from ${percentText(deadZone(floor))}`}
        </Badge>
      ),
    },
    ...(used > 0 ? [{ key: 'images', limits: false, badge: <Badge>same {countText(used)} input images</Badge> }] : []),
  ]
}

/** Why the machine cannot be trusted fully, in full. */
function trustReasons({ sampling, noiseFloor }: RunRecord): readonly string[] {
  const preflight = sampling?.preflight ?? null
  const reasons = [
    ...(preflight && preflight.verdict !== 'quiet' ? [preflight.reason] : []),
    ...(noiseFloor && 'notMeasured' in noiseFloor ? [noiseFloor.notMeasured] : []),
  ]
  return [...new Set(reasons.map(ended))]
}

function TrustReasons({ record, reasons }: { readonly record: RunRecord; readonly reasons: readonly string[] }) {
  const { noiseFloor } = record
  if (reasons.length === 0) return null
  return (
    <p className="micro faint trust-reasons">
      {reasons.join(' ')}
      {noiseFloor && 'notMeasured' in noiseFloor && (
        <Button kind="plain" onClick={() => goTo('setup')}>
          Measure the noise floor in Setup
        </Button>
      )}
    </p>
  )
}

function ended(text: string): string {
  const whole = text.replace(/\.+$/, '')
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}.`
}

// Whether a run was measured on this machine: judged by what a user would call the machine, not by its state.

/** `NVIDIA H200, AMD EPYC 9654` if the run's machine is not this one; null if it is. */
export function otherMachine(own: Machine, ran: Machine): string | null {
  const same = own.cpuModel === ran.cpuModel && own.physicalCores === ran.physicalCores && gpusOf(own) === gpusOf(ran)
  return same ? null : [gpusOf(ran), ran.cpuModel].filter(Boolean).join(', ')
}

function gpusOf({ gpus }: Machine): string {
  return gpus.map(({ name }) => name).join(', ')
}
