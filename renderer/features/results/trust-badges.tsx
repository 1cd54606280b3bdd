// What must be known of the machine to believe a figure: whether it was quiet before the run, and what it can tell
// apart. The reasons stand in full under the badges wherever all is not well.

import type { RunRecord } from '../../../shared/domain/run.ts'
import type { Preflight } from '../../../shared/domain/sampling-record.ts'
import { percentText } from '../../../shared/report/figure-text.ts'
import { noiseFloorWords } from '../../../shared/report/noise-floor-words.ts'
import { floorValue, poorFloorSentence } from '../../../shared/statistics/applied-noise-floor.ts'
import { deadZone } from '../../../shared/statistics/verdict.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { useMachine } from '../../state/app-description.ts'
import { goTo } from '../../state/place.ts'
import { otherMachine } from './other-machine.ts'

const preflightWords: Readonly<Record<Preflight['verdict'], string>> = {
  quiet: 'quiet before the run',
  noisy: 'noisy before the run',
  unknown: 'state before the run unknown',
}

export function TrustBadges({ record }: { readonly record: RunRecord }) {
  const preflight = record.sampling?.preflight ?? null
  const floor = floorValue(record.noiseFloor)
  const poor = poorFloorSentence(floor)
  const machine = useMachine()
  const other = machine.data ? otherMachine(machine.data, record.fingerprint.machine) : null
  return (
    <>
      {other && (
        <Badge title="Figures of different machines are not compared with each other">another machine: {other}</Badge>
      )}
      {preflight && (
        <Badge tone={preflight.verdict === 'noisy' ? 'warn' : 'plain'} title={preflight.reason}>
          {preflightWords[preflight.verdict]}
        </Badge>
      )}
      <Badge tone={poor ? 'warn' : 'plain'} title={`Told apart ${noiseFloorWords(record.noiseFloor)}`}>
        {poor ?? `differences told apart from ${percentText(deadZone(floor))}`}
      </Badge>
    </>
  )
}

export function TrustReasons({ record }: { readonly record: RunRecord }) {
  const preflight = record.sampling?.preflight ?? null
  const { noiseFloor } = record
  const reasons = [
    ...(preflight && preflight.verdict !== 'quiet' ? [preflight.reason] : []),
    ...(noiseFloor && 'notMeasured' in noiseFloor ? [noiseFloor.notMeasured] : []),
  ]
  if (reasons.length === 0) return null
  return (
    <p className="micro faint trust-reasons">
      {reasons.map(ended).join(' ')}
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
