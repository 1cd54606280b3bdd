// What further launches would decide, and the button for them. They are added to this run: everything measured so far
// is kept and counts, and the run is shown again when it ends.
import type { RunRecord } from '../../../shared/domain/run.ts'
import { continuableGroups } from '../../../shared/planning/launch-budget.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { minutesToDecide } from '../../../shared/report/verdict-words.ts'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { useMachine } from '../../state/application.ts'
import { goTo } from '../../state/place.ts'
import { useContinueRun, useRunLive } from '../../state/run-live.ts'
import { otherMachine } from './results-head.tsx'

export function MeasureLonger({ record }: { readonly record: RunRecord }) {
  const more = useContinueRun()
  const machine = useMachine()
  const isMeasuring = useRunLive(({ run }) => run !== null && !run.ended)
  const groups = continuableGroups(record)
  if (record.state !== 'completed' || groups.length === 0) return null
  const other = machine.data ? otherMachine(machine.data, record.fingerprint.machine) : null
  const obstacle =
    other !== null
      ? `This run can only be measured longer on the machine that measured it: ${other}.`
      : isMeasuring
        ? 'Another run is being measured.'
        : null
  return (
    <>
      <div className="strip measure-longer" role="status">
        <div>
          <b>{undecidedWords(record)}</b>{' '}
          <span className="quiet">
            {obstacle ?? 'More launches are added to this run: everything measured so far is kept and counts.'}
          </span>
        </div>
        <Button
          onClick={() => more.mutate(record.runId, { onSuccess: () => goTo('benchmark') })}
          disabled={obstacle !== null || more.isPending}
        >
          {more.isPending ? 'Starting' : `Measure longer${aboutWords(record)}`}
        </Button>
      </div>
      {more.error && <RemedyStrip error={errorRecord(more.error)} />}
    </>
  )
}

/** `Undecided: OpenVINO FP32 at batch 1.`, `5 comparisons are undecided.` */
function undecidedWords(record: RunRecord): string {
  const open = continuableGroups(record).flatMap(({ batchSize, cases }) =>
    cases
      .filter(({ speedup }) => speedup.verdict === 'undecided')
      .map((entry) => `${caseName(entry)} at batch ${batchSize}`),
  )
  return open.length > 2 ? `${open.length} comparisons are undecided.` : `Undecided: ${open.join(' and ')}.`
}

/** ` (about 4 min)`: of all groups together; empty if one is not known. */
function aboutWords(record: RunRecord): string {
  const minutes = continuableGroups(record).map(minutesToDecide)
  if (minutes.some((each) => each === 'unknown')) return ''
  const all = minutes.reduce<number>((sum, each) => sum + (typeof each === 'number' ? each : 0), 0)
  return ` (about ${Math.max(1, Math.ceil(all))} min)`
}
