// The answer: the gain with its interval, a sentence that names what it is compared with, and the caveats.

import type { Machine } from '../../../shared/domain/fingerprint.ts'
import type { Badge as BadgeName, GroupRecord, RunRecord } from '../../../shared/domain/run.ts'
import type { Preflight } from '../../../shared/domain/sampling-record.ts'
import { countText, levelText, percentText, rangeText } from '../../../shared/report/figure-text.ts'
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
  const { value, interval, answer } = headline
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
      note={interval && `${rangeText(interval)}, ${levelText(interval)} interval`}
      statement={headline.statement}
      explanation={
        <>
          {headline.explanation}
          {headline.withoutFlagged && <span className="ink-word"> {headline.withoutFlagged}</span>}
        </>
      }
      badges={
        <>
          {badgesOf(record, group).map((badge) => (
            <RecordBadge key={badge} badge={badge} />
          ))}
          {claimLimits(headline.heading).map((limit) => (
            <Badge key={limit}>{limit}</Badge>
          ))}
          <ProtocolBadges record={record} group={group} />
          <TrustBadges record={record} />
          {record.images.used > 0 && <Badge>same {countText(record.images.used)} input images</Badge>}
          <TrustReasons record={record} />
        </>
      }
      actions={actions}
    />
  )
}

/** Caveats of the headline that no badge shows. */
function claimLimits(heading: string | null): readonly string[] {
  return heading?.split('; ').filter((limit) => limit !== 'simulated') ?? []
}

/** Why measuring stopped, and by which rules it was judged. */
function ProtocolBadges({ record, group }: Pick<ResultsHeadProps, 'record' | 'group'>) {
  const stopped = stoppedWords(group)
  return (
    <>
      {stopped && <Badge>{stopped}</Badge>}
      <Badge title="The version of the measuring rules; see Measuring in the guide">{protocolWords(record)}</Badge>
    </>
  )
}

function badgesOf(record: RunRecord, group: GroupRecord): readonly BadgeName[] {
  const badges = new Set(group.cases.flatMap((each) => each.badges))
  if (record.simulated) badges.add('simulated')
  return [...badges]
}

const preflightWords: Readonly<Record<Preflight['verdict'], string>> = {
  quiet: 'quiet before the run',
  noisy: 'noisy before the run',
  unknown: 'state before the run unknown',
}

/**
 * What a reader must know about the machine to trust a figure: whether it was quiet before the run, and the smallest
 * difference it can show. Reasons are given in full under the badges if anything is wrong.
 */
function TrustBadges({ record }: { readonly record: RunRecord }) {
  const preflight = record.sampling?.preflight ?? null
  const floor = floorValue(record.noiseFloor)
  const poor = poorFloorSentence(unresolvedShare(record))
  const machine = useMachine()
  const other = machine.data ? otherMachine(machine.data, record.fingerprint.machine) : null
  return (
    <>
      {other && <Badge title="Results from different machines are not compared">another machine: {other}</Badge>}
      {preflight && (
        <Badge tone={preflight.verdict === 'noisy' ? 'warn' : 'plain'} title={preflight.reason}>
          {preflightWords[preflight.verdict]}
        </Badge>
      )}
      <Badge tone={poor ? 'warn' : 'plain'} title={`Smallest difference shown: ${noiseFloorWords(record.noiseFloor)}`}>
        {poor ?? `shows differences from ${percentText(deadZone(floor))}`}
      </Badge>
    </>
  )
}

function TrustReasons({ record }: { readonly record: RunRecord }) {
  const preflight = record.sampling?.preflight ?? null
  const { noiseFloor } = record
  const reasons = [
    ...(preflight && preflight.verdict !== 'quiet' ? [preflight.reason] : []),
    ...(noiseFloor && 'notMeasured' in noiseFloor ? [noiseFloor.notMeasured] : []),
  ]
  if (reasons.length === 0) return null
  return (
    <p className="micro faint trust-reasons">
      {[...new Set(reasons.map(ended))].join(' ')}
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
