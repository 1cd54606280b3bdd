// The answer: the gain with its interval, the sentence that says over what, and what must be known to believe it.
import type { Badge as BadgeName, GroupRecord, RunRecord } from '../../../shared/domain/run.ts'
import { countText, levelText, rangeText } from '../../../shared/report/figure-text.ts'
import { headlineOf } from '../../../shared/report/headline.ts'
import { Badge, RecordBadge } from '../../components/badge.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { TrustBadges, TrustReasons } from './trust-badges.tsx'

interface ResultsHeadProps {
  readonly record: RunRecord
  readonly group: GroupRecord
  readonly actions: React.ReactNode
}

export function ResultsHead({ record, group, actions }: ResultsHeadProps) {
  const headline = headlineOf(record, group.groupKey)
  const { value, interval } = headline
  return (
    <PageHead
      number={
        value === null ? (
          <small className="ink">no gain shown</small>
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
          <TrustBadges record={record} />
          {record.images.used > 0 && <Badge>same {countText(record.images.used)} input images</Badge>}
          <TrustReasons record={record} />
        </>
      }
      actions={actions}
    />
  )
}

/** What the headline must be read with and no badge says already. */
function claimLimits(heading: string | null): readonly string[] {
  return heading?.split('; ').filter((limit) => limit !== 'simulated') ?? []
}

function badgesOf(record: RunRecord, group: GroupRecord): readonly BadgeName[] {
  const badges = new Set(group.cases.flatMap((each) => each.badges))
  if (record.simulated) badges.add('simulated')
  return [...badges]
}
