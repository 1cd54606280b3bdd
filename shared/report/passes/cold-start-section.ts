// How long until the first answer, part by part: medians over fresh processes, and how far apart those were.
import type { ColdLaunch } from '../../domain/cold-start.ts'
import { isMeasured } from '../../domain/figure.ts'
import type { RunRecord } from '../../domain/run.ts'
import { median } from '../../statistics/descriptive.ts'
import { countText, numberText, rangeText } from '../figure-text.ts'
import { casePlaces, notMeasuredRemarks, saidOnce } from './case-place.ts'
import {
  nothingMeasured,
  numbers,
  type PassCell,
  type PassRow,
  type PassSection,
  withoutEmptyColumns,
} from './pass-section.ts'
import { told } from './told.ts'

const parts = ['spawnMs', 'importMs', 'contextMs', 'loadMs', 'firstQueryMs'] as const

const columns = [
  numbers('to first answer', 'ms'),
  numbers('least – most', 'ms'),
  numbers('process', 'ms'),
  numbers('import', 'ms'),
  numbers('CUDA context', 'ms'),
  numbers('load', 'ms'),
  numbers('first query', 'ms'),
  numbers('second query', 'ms'),
  numbers('launches'),
]

export function coldStartSection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.coldStart !== undefined)
  if (places.length === 0) return null
  const rows: PassRow[] = []
  const remarks = [...notMeasuredRemarks(places, ({ coldStart }) => coldStart)]
  for (const place of places) {
    const { entry, name } = place
    const coldStart = told(entry.coldStart)
    if (coldStart === null) continue
    const { launches, toFirstAnswerMs, caches } = coldStart
    const totals = launches.map(toFirstAnswer)
    rows.push({
      name,
      cells: [
        { text: isMeasured(toFirstAnswerMs) ? numberText(toFirstAnswerMs.value) : '–' },
        { text: rangeText({ low: Math.min(...totals), high: Math.max(...totals) }, numberText) },
        ...[...parts, 'secondQueryMs' as const].map((part) => medianCell(launches, part)),
        { text: countText(launches.length) },
      ],
    })
    if (!isMeasured(toFirstAnswerMs))
      remarks.push({ place, sentence: `to first answer not measured: ${toFirstAnswerMs.reason}` })
    if (caches.length > 0) remarks.push({ place, sentence: caches.join('; ') })
  }
  const table = withoutEmptyColumns({ caption: '', head: 'Case', columns, rows })
  const hasGap = table.rows.some(({ cells }) => cells.some(({ text }) => text === nothingMeasured.text))
  return {
    key: 'cold-start',
    title: 'Cold start',
    note: 'Medians over processes that had not run before; no part of any latency. The second query is not part of the time to the first answer.',
    tables: rows.length === 0 ? [] : [table],
    sentences: [
      ...(hasGap
        ? ['A part without a number is not there, or could not be told apart and counts in the part after it.']
        : []),
      ...saidOnce(remarks, places),
    ],
  }
}

function toFirstAnswer(launch: ColdLaunch): number {
  return parts.reduce((sum, part) => sum + (launch[part] ?? 0), 0)
}

/** Only where every launch tells the part: a median of some would not add up with the others. */
function medianCell(launches: readonly ColdLaunch[], part: keyof ColdLaunch): PassCell {
  const times = launches.flatMap((launch) => launch[part] ?? [])
  if (times.length === 0) return nothingMeasured
  return { text: times.length === launches.length ? numberText(median(times)) : 'in part' }
}
