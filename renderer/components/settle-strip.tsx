// Asks before two cases are measured again: what is settled, how long it takes, or why it is not possible here.

import type { SettleProposal } from '../../shared/ipc/contract.ts'
import { resolveOption } from '../../shared/planning/settle-plan.ts'
import { forecastSentences } from '../../shared/report/settle-words.ts'
import { errorRecord } from '../format/error.ts'
import { duration } from '../format/quantity.ts'
import { Button } from './button.tsx'
import { OptionField } from './form-fields.tsx'
import { RemedyStrip } from './remedy-strip.tsx'

interface SettleStripProps {
  readonly names: readonly [string, string]
  readonly margin: number
  /** Null until it was asked for. */
  readonly proposal: SettleProposal | null
  readonly error: Error | null
  readonly isBusy: boolean
  readonly onMargin: (margin: number) => void
  readonly onStart: () => void
  readonly onClose: () => void
}

export function SettleStrip(props: SettleStripProps) {
  const { names, margin, proposal, error, isBusy, onMargin, onStart, onClose } = props
  const [first, second] = names
  const what = first === second ? `${first}, as in both runs` : `${first} and ${second}`
  return (
    <section className="settle" aria-label="Settle">
      <div className="settle-head">
        <h2>Settle: measure {what} side by side</h2>
        <OptionField option={{ ...resolveOption, label: 'tell differences of' }} value={margin} onChange={onMargin} />
        <span className="grow" />
        <Button kind="plain" onClick={onClose} shortcut="Esc">
          Close
        </Button>
        <Button
          kind="primary"
          onClick={onStart}
          disabled={isBusy || proposal === null || proposal.obstacles.length > 0}
        >
          Measure both now
        </Button>
      </div>
      {error && <RemedyStrip error={errorRecord(error)} />}
      <div role="status" aria-busy={isBusy} className="small quiet">
        {isBusy && 'Asking how long it takes'}
        {!isBusy && proposal && proposal.obstacles.length > 0 && (
          <>
            <b className="ink-word">They cannot be measured again here, so their records stay side by side.</b>{' '}
            {proposal.obstacles.join(' ')}
          </>
        )}
        {!isBusy &&
          proposal &&
          proposal.obstacles.length === 0 &&
          forecastSentences(proposal, margin, duration).join(' ')}
      </div>
    </section>
  )
}
