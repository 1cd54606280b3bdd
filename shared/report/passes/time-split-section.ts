// Where the time of a query goes: a column for each part and clock. Host and device times stand side by side and are
// never added.
import type { RunRecord } from '../../domain/run.ts'
import type { PartTime } from '../../domain/time-split.ts'
import { countText, numberText } from '../figure-text.ts'
import { casePlaces, notMeasuredRemarks, saidOnce } from './case-place.ts'
import {
  nothingMeasured,
  numbers,
  type PassColumn,
  type PassRow,
  type PassSection,
  withoutEmptyColumns,
} from './pass-section.ts'
import { told } from './told.ts'

const clockWords = { host: 'host clock', device: 'device clock' } as const

type Kind = Pick<PartTime, 'part' | 'clock' | 'included'>

export function timeSplitSection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.timeSplit !== undefined)
  if (places.length === 0) return null
  const kinds = kindsOf(places.flatMap(({ entry }) => told(entry.timeSplit)?.parts ?? []))
  const rows: PassRow[] = []
  const remarks = [...notMeasuredRemarks(places, ({ timeSplit }) => timeSplit)]
  for (const place of places) {
    const { entry, name } = place
    const timeSplit = told(entry.timeSplit)
    if (timeSplit === null) continue
    const partOf = (kind: Kind) => timeSplit.parts.find((part) => kindName(part) === kindName(kind))
    rows.push({
      name,
      cells: kinds.map((kind) => {
        const medianMs = partOf(kind)?.medianMs ?? null
        return medianMs === null ? nothingMeasured : { text: numberText(medianMs) }
      }),
    })
    for (const { part, clock, medianMs, reason } of timeSplit.parts)
      if (medianMs === null)
        remarks.push({
          place,
          sentence: `${part}, ${clockWords[clock]}: not measured: ${reason ?? 'no reason given'}`,
        })
    remarks.push({ place, sentence: `${countText(timeSplit.queries)} queries; ${timeSplit.method}` })
  }
  return {
    key: 'time-split',
    title: 'Where the time goes',
    note: 'Medians of one query in a pass of its own, the device waited for after each part: host times add up to more than the latency of the rounds. Times of the device’s own clock stand beside them and are never added.',
    tables:
      rows.length === 0 ? [] : [withoutEmptyColumns({ caption: '', head: 'Case', columns: kinds.map(columnOf), rows })],
    sentences: saidOnce(remarks, places),
  }
}

function kindName({ part, clock, included }: Kind): string {
  return `${part} ${clock} ${included}`
}

/** In the order of a query, host before device. */
function kindsOf(parts: readonly PartTime[]): readonly Kind[] {
  const order = ['preprocess', 'host-to-device', 'compute', 'device-to-host', 'postprocess']
  const rank = ({ part, clock }: Kind) => order.indexOf(part) * 2 + (clock === 'host' ? 0 : 1)
  return [...new Map(parts.map((part) => [kindName(part), part])).values()].sort(
    (left, right) => rank(left) - rank(right),
  )
}

function columnOf({ part, clock, included }: Kind): PassColumn {
  return numbers(
    part.replaceAll('-', ' '),
    `ms, ${clockWords[clock]}, ${included ? 'in the latency' : 'not in the latency'}`,
  )
}
