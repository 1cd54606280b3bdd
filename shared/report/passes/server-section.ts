// The server scenario: queries that arrive at random, and the highest rate at which they are still answered in time.
import { isMeasured } from '../../domain/figure.ts'
import type { RunRecord } from '../../domain/run.ts'
import { notMlperf, type Serving, type ServingRequest } from '../../domain/serving.ts'
import { countText, numberText } from '../figure-text.ts'
import { type CasePlace, casePlaces, notMeasuredRemarks, type Remark, saidOnce } from './case-place.ts'
import { nothingMeasured, numbers, type PassRow, type PassSection, type PassTable, words } from './pass-section.ts'
import { told } from './told.ts'

type Served = Extract<Serving, { trials: unknown }>

export function serverSection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.server !== undefined)
  if (places.length === 0) return null
  const served = places.flatMap((place): ServedCase[] => {
    const server = told(place.entry.server)
    return server === null ? [] : [{ place, name: place.name, server }]
  })
  const unanswered = served.flatMap(({ place, server }): readonly Remark[] => [
    ...(isMeasured(server.highestRatePerSecond) ? [] : [{ place, sentence: server.highestRatePerSecond.reason }]),
    ...server.trials.flatMap(({ latencyMs }) =>
      isMeasured(latencyMs) ? [] : [{ place, sentence: `latency of a trial not measured: ${latencyMs.reason}` }],
    ),
  ])
  return {
    key: 'server',
    title: `Server scenario, ${notMlperf}`,
    note: 'Queries arrive at random (Poisson), whether or not the one before has ended; latency counts from arrival to answer, waiting in it.',
    tables: served.length === 0 ? [] : [rateTable(served), trialTable(served)],
    sentences: saidOnce([...notMeasuredRemarks(places, ({ server }) => server), ...unanswered], places),
  }
}

interface ServedCase {
  readonly place: CasePlace
  readonly name: string
  readonly server: Served
}

function rateTable(served: readonly ServedCase[]): PassTable {
  return {
    caption: '',
    head: 'Case',
    columns: [
      numbers('highest rate kept', 'queries / s'),
      numbers('latency there', 'ms'),
      words('bound'),
      words('rate'),
      numbers('seed'),
    ],
    rows: served.map(({ name, server: { request, seed, trials, highestRatePerSecond: highest } }) => {
      const kept = trials.find(({ ratePerSecond, keepsBound }) => keepsBound && ratePerSecond === highest.value)
      return {
        name,
        cells: [
          isMeasured(highest) ? { text: numberText(highest.value) } : nothingMeasured,
          kept !== undefined && isMeasured(kept.latencyMs)
            ? { text: numberText(kept.latencyMs.value) }
            : nothingMeasured,
          { text: boundText(request) },
          { text: request.ratePerSecond === null ? `searched in ${countText(trials.length)} trials` : 'as asked' },
          { text: String(seed) },
        ],
      }
    }),
  }
}

function trialTable(served: readonly ServedCase[]): PassTable {
  const rows = served.flatMap(({ name, server: { trials } }) =>
    trials.map(
      ({ ratePerSecond, queries, latencyMs, completedPerSecond, keepsBound }): PassRow => ({
        name,
        cells: [
          { text: numberText(ratePerSecond) },
          { text: numberText(completedPerSecond) },
          isMeasured(latencyMs) ? { text: numberText(latencyMs.value) } : nothingMeasured,
          { text: countText(queries) },
          { text: keepsBound ? '✓ kept' : '✕ missed' },
        ],
      }),
    ),
  )
  return {
    isDetail: true,
    caption: `Trials, in the order in which they were made, ${notMlperf}`,
    head: 'Case',
    columns: [
      numbers('arrivals', '/ s'),
      numbers('answered', '/ s'),
      numbers('latency', 'ms'),
      numbers('queries'),
      words('bound'),
    ],
    rows,
  }
}

/** `p99 within 15 ms`. */
function boundText({ latencyBoundMs, percentile }: ServingRequest): string {
  return `p${percentile} within ${Number(latencyBoundMs.toPrecision(6))} ms`
}
