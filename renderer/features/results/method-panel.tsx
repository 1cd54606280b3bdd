// How it was measured, so that readers can judge and repeat it.

import { useState } from 'react'
import { presets } from '../../../shared/domain/plan.ts'
import type { GroupRecord, RunRecord } from '../../../shared/domain/run.ts'
import { launchBudget } from '../../../shared/planning/launch-budget.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { addedRoundsWords, limitWords } from '../../../shared/report/method-words.ts'
import { protocolOf } from '../../../shared/report/verdict-words.ts'
import { Button } from '../../components/button.tsx'
import { FactList } from '../../components/tables.tsx'

function designOf({ protocol, plan }: RunRecord): string {
  const { launches, rounds } = presets[plan.preset]
  if (protocolOf({ protocol }) === 1) return `${launches} × ${rounds} rounds`
  return `at most ${limitWords(launchBudget(plan, Math.max(1, plan.candidates.length - 1)))}`
}

function launchFact({ launches = [], roundsPerLaunch }: GroupRecord): string {
  return roundsPerLaunch === undefined ? String(launches.length) : `${launches.length} × ${roundsPerLaunch} rounds`
}

const mostNotesShown = 100

interface MethodPanelProps {
  readonly record: RunRecord
  readonly group: GroupRecord
}

export function MethodPanel({ record, group }: MethodPanelProps) {
  const [copied, setCopied] = useState(false)
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const completed = group.cases.filter(({ state }) => state === 'completed')
  const steady = completed.filter(({ steadiness }) => steadiness.every(({ verdict }) => verdict === 'steady'))
  const { images } = record
  const added = addedRoundsWords(record)
  const facts: readonly (readonly [string, string])[] = [
    ['Protocol', String(protocolOf(record))],
    ['Design', designOf(record)],
    ...(group.launches === undefined ? [] : [['Launches', launchFact(group)] as const]),
    ...(added === null ? [] : [['Rounds added', added] as const]),
    ['Order', `shuffled, seed ${record.plan.seed}`],
    ['Timed', 'host array to host array'],
    ['Baseline', baseline ? caseName(baseline) : group.baseline],
    ['Input', group.inputShape.join('×')],
    [
      'Images',
      `${countText(images.used)} used${images.skipped.length > 0 ? `, ${images.skipped.length} skipped` : ''}`,
    ],
    ['Threads', String(record.plan.threads)],
    ['Warm-up', `steady, ${steady.length} of ${completed.length}`],
    ['Workers', group.coResident ? 'all resident' : 'not co-resident'],
    ...(record.sampling?.gpu ? [['GPU sampled', record.sampling.gpu] as const] : []),
  ]
  return (
    <section aria-label="How it was measured">
      <div className="panel-head">
        <h2>How it was measured</h2>
        <span className="grow" />
        <Button
          kind="plain"
          title={record.command}
          onClick={() => void navigator.clipboard.writeText(record.command).then(() => setCopied(true))}
        >
          {copied ? 'Copied' : 'Copy command'}
        </Button>
      </div>
      <FactList facts={facts} />
      {record.notes.slice(0, mostNotesShown).map((note) => (
        <p key={note} className="micro faint panel-note">
          {note}
        </p>
      ))}
      {record.notes.length > mostNotesShown && (
        <p className="micro faint panel-note">
          {countText(record.notes.length - mostNotesShown)} more notes are in the report.
        </p>
      )}
    </section>
  )
}
