// Where a query's time goes layer by layer: a table of the costliest for each case, and the same by operator, which is
// what two engines have in common.
import type { LayerTimes } from '../../domain/layer-times.ts'
import type { GroupRecord, RunRecord } from '../../domain/run.ts'
import { caseName } from '../case-words.ts'
import { countText, numberText, percentText } from '../figure-text.ts'
import { type CasePlace, casePlaces, notMeasuredRemarks, saidOnce } from './case-place.ts'
import { nothingMeasured, numbers, type PassCell, type PassSection, type PassTable, words } from './pass-section.ts'
import { told } from './told.ts'

export const shownLayers = 15
/** A kernel's name is its whole signature, which no table can hold. */
const longestName = 64

type ToldLayers = Extract<LayerTimes, { layers: unknown }>

interface Profiled extends CasePlace {
  readonly times: ToldLayers
}

export function layerSection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.layerTimes !== undefined)
  if (places.length === 0) return null
  const profiled = places.flatMap((place): Profiled[] => {
    const layerTimes = told(place.entry.layerTimes)
    return layerTimes === null ? [] : [{ ...place, times: layerTimes }]
  })
  const byGroup = record.groups.map((group) => profiled.filter((place) => place.group === group))
  return {
    key: 'layers',
    title: 'Layers',
    note: 'As each backend’s own profiler tells it. A profiler slows what it watches: look at shares, and compare operators rather than names; latencies are those of the rounds.',
    tables: byGroup.flatMap((cases) => [
      ...(cases.length < 2 ? [] : [operatorTable(cases)]),
      ...cases.map((place) => layerTable(place)),
    ]),
    sentences: saidOnce(
      [
        ...notMeasuredRemarks(places, ({ layerTimes }) => layerTimes),
        ...profiled.map(({ times, ...place }) => ({
          place,
          sentence: `${times.method} (${countText(times.queries)} queries)`,
        })),
      ],
      places,
    ),
  }
}

function layerTable({ name, times, entry: { backend } }: Profiled): PassTable {
  const shown = times.layers.slice(0, shownLayers)
  const rest = times.layers.slice(shownLayers)
  const restCount = rest.length + times.otherLayers
  const restMs = rest.reduce((sum, { timeMs }) => sum + timeMs, times.otherMs)
  const total = totalMs(times)
  const longest = Math.max(0, ...shown.map(({ timeMs }) => timeMs))
  const cells = (operator: string, timeMs: number, isDrawn: boolean): readonly PassCell[] => [
    { text: operator },
    { text: numberText(timeMs), ...(isDrawn && longest > 0 && { bar: { share: timeMs / longest, backend } }) },
    { text: total > 0 ? percentText(timeMs / total) : '–' },
  ]
  return {
    caption: name,
    head: shown.length < times.layers.length ? `The ${shownLayers} costliest layers` : 'Layer',
    columns: [words('operator'), numbers('time', 'ms / query'), numbers('share')],
    rows: [
      ...shown.map(({ name, operator, timeMs }) => ({ name: cut(name), cells: cells(cut(operator), timeMs, true) })),
      ...(restCount === 0 ? [] : [{ name: `${countText(restCount)} more`, cells: cells('', restMs, false) }]),
    ],
  }
}

/** Operators of every case of one group side by side, costliest first. */
function operatorTable(cases: readonly Profiled[]): PassTable {
  const sums = cases.map((place) => ({ place, byOperator: operatorTimes(place.times) }))
  const operators = [...new Set(sums.flatMap(({ byOperator }) => [...byOperator.keys()]))]
  const most = (operator: string) => Math.max(...sums.map(({ byOperator }) => byOperator.get(operator) ?? 0))
  const longest = Math.max(0, ...operators.map(most))
  const ordered = operators.toSorted((left, right) => most(right) - most(left)).slice(0, shownLayers)
  return {
    caption: `By operator, batch ${groupOf(cases)?.batchSize ?? ''}`,
    head: 'Operator',
    columns: cases.map(({ entry }) => numbers(caseName(entry), 'ms / query')),
    rows: ordered.map((operator) => ({
      name: cut(operator),
      cells: sums.map(({ place, byOperator }) => {
        const timeMs = byOperator.get(operator)
        if (timeMs === undefined) return nothingMeasured
        const bar = { share: longest > 0 ? timeMs / longest : 0, backend: place.entry.backend }
        return { text: numberText(timeMs), bar }
      }),
    })),
  }
}

function cut(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name
}

function groupOf(cases: readonly Profiled[]): GroupRecord | undefined {
  return cases[0]?.group
}

function operatorTimes({ layers }: ToldLayers): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { operator, timeMs } of layers) sums.set(operator, (sums.get(operator) ?? 0) + timeMs)
  return sums
}

function totalMs({ layers, otherMs }: ToldLayers): number {
  return layers.reduce((sum, { timeMs }) => sum + timeMs, otherMs)
}
