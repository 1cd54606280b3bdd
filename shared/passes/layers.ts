// Time by layer, from the backend's own profiler. A profiler slows what it watches: use the shares, never compare them
// as latencies. Single layers of two engines do not correspond (each engine fuses differently); what they have in
// common is the operator type.
import { z } from 'zod'
import { notMeasuredSchema } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import { countText, numberText, percentText } from '../report/figure-text.ts'
import { definePass, type Measured, type PassCase } from './pass.ts'
import { cellOf, nothingMeasured, numbers, type PassCell, type PassTable, words } from './pass-section.ts'

/** Only the costliest are kept; the others are one sum. */
export const mostLayers = 200

export const layerTimeSchema = z.object({
  name: z.string(),
  /** `Conv`, `MatMul`, a kernel's type: what two engines have in common. */
  operator: z.string(),
  /** Per query: the median if the profiler reports each query, otherwise the mean. */
  timeMs: z.number().nonnegative(),
})
export type LayerTime = z.infer<typeof layerTimeSchema>

export const layerTimesSchema = z.union([
  z.object({
    method: z.string().min(1),
    /** `device`: computing time only, without waits for the host. Absent if the profiler does not say. */
    clock: z.enum(['host', 'device']).optional(),
    queries: z.number().int().positive(),
    /** Costliest first. */
    layers: z.array(layerTimeSchema).max(mostLayers),
    otherLayers: z.number().int().nonnegative(),
    otherMs: z.number().nonnegative(),
  }),
  notMeasuredSchema,
])
export type LayerTimes = z.infer<typeof layerTimesSchema>
export type MeasuredLayers = Measured<LayerTimes>

const queries = {
  flag: 'layers',
  valueName: 'queries',
  valueMayBeLeftOut: true,
  schema: z.number().int().min(1).max(1000).default(20),
  label: 'layers over',
  unit: 'queries',
  description: "Time each layer, with the backend's own profiler",
} satisfies Option

const shownLayers = 15
/** A kernel's name is its whole signature, which no table can hold. */
const longestName = 64

export const layersPass = definePass({
  field: 'layerTimes',
  key: 'layers',
  stage: 'layers',
  title: 'Layers',
  tells: "Time by layer, as each backend's own profiler tells it.",
  requestSchema: z.object({ queries: queries.schema.removeDefault() }),
  resultSchema: layerTimesSchema,
  asks: queries,
  fields: { queries },
  isInAll: true,
  estimateMs: ({ queries }, { loadMs, latencyMs }) => 2 * loadMs + (10 + 2 * queries) * latencyMs,
  // Layers are in the JSON only.
  cells: () => ({}),
  line: ({ layers: [costliest, ...others], otherLayers }) => {
    if (costliest === undefined) return `${otherLayers} layers`
    const { operator, name, timeMs } = costliest
    return `${1 + others.length + otherLayers} layers, the costliest ${operator} "${name}" ${numberText(timeMs)} ms`
  },
  section: {
    rank: 3,
    title: 'Layers',
    note: "As each backend's own profiler tells it. A profiler slows what it watches: look at shares, and compare operators rather than names; latencies are those of the rounds.",
    draw: (cases) => {
      const groupKeys = [...new Set(cases.map(({ place }) => place.groupKey))]
      const groups = groupKeys.map((groupKey) => cases.filter(({ place }) => place.groupKey === groupKey))
      return {
        tables: groups.flatMap((group) => [
          ...(group.length < 2 ? [] : [operatorTable(group)]),
          ...group.map(layerTable),
        ]),
        remarks: cases.map(({ place, measured: { method, queries } }) => ({
          place,
          sentence: `${method} (${countText(queries)} queries)`,
        })),
      }
    },
  },
})

/** Everything a profile reports about one query. */
export function profiledMs({ layers, otherMs }: MeasuredLayers): number {
  return layers.reduce((sum, { timeMs }) => sum + timeMs, otherMs)
}

/** Ms per query by operator type, without the layers that are only summed. */
export function operatorTimes({ layers }: MeasuredLayers): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { operator, timeMs } of layers) sums.set(operator, (sums.get(operator) ?? 0) + timeMs)
  return sums
}

export interface OperatorRow {
  readonly operator: string
  readonly firstMs: number | null
  readonly secondMs: number | null
}

/**
 * Two engines side by side, the costliest in either first, with the summed rest as its own row. An operator type that
 * one of them does not have is null there, never 0.
 */
export function operatorRows(first: MeasuredLayers, second: MeasuredLayers | null): readonly OperatorRow[] {
  const firstMs = summedTimes(first)
  const secondMs = second === null ? new Map<string, number>() : summedTimes(second)
  return [...new Set([...firstMs.keys(), ...secondMs.keys()])]
    .map((operator) => ({
      operator,
      firstMs: firstMs.get(operator) ?? null,
      secondMs: secondMs.get(operator) ?? null,
    }))
    .sort((a, b) => Math.max(b.firstMs ?? 0, b.secondMs ?? 0) - Math.max(a.firstMs ?? 0, a.secondMs ?? 0))
}

function summedTimes(measured: MeasuredLayers): ReadonlyMap<string, number> {
  const { otherLayers, otherMs } = measured
  return new Map([
    ...operatorTimes(measured),
    ...(otherLayers > 0 ? [['cheaper layers, summed', otherMs] as const] : []),
  ])
}

function layerTable({ place: { name, backend }, measured }: PassCase<MeasuredLayers>): PassTable {
  const shown = measured.layers.slice(0, shownLayers)
  const rest = measured.layers.slice(shownLayers)
  const restCount = rest.length + measured.otherLayers
  const restMs = rest.reduce((sum, { timeMs }) => sum + timeMs, measured.otherMs)
  const total = profiledMs(measured)
  const longest = Math.max(0, ...shown.map(({ timeMs }) => timeMs))
  const cells = (operator: string, timeMs: number, isDrawn: boolean): readonly PassCell[] => [
    { text: operator },
    { text: numberText(timeMs), ...(isDrawn && longest > 0 && { bar: { share: timeMs / longest, backend } }) },
    cellOf(total > 0 ? timeMs / total : null, percentText),
  ]
  return {
    caption: name,
    head: shown.length < measured.layers.length ? `The ${shownLayers} costliest layers` : 'Layer',
    columns: [words('operator'), numbers('time', 'ms / query'), numbers('share')],
    rows: [
      ...shown.map(({ name, operator, timeMs }) => ({ name: cut(name), cells: cells(cut(operator), timeMs, true) })),
      ...(restCount === 0 ? [] : [{ name: `${countText(restCount)} more`, cells: cells('', restMs, false) }]),
    ],
  }
}

/** Operator types of every case of one group side by side, costliest first. */
function operatorTable(group: readonly PassCase<MeasuredLayers>[]): PassTable {
  const sums = group.map(({ place, measured }) => ({ place, byOperator: operatorTimes(measured) }))
  const operators = [...new Set(sums.flatMap(({ byOperator }) => [...byOperator.keys()]))]
  const most = (operator: string) => Math.max(...sums.map(({ byOperator }) => byOperator.get(operator) ?? 0))
  const longest = Math.max(0, ...operators.map(most))
  const ordered = operators.toSorted((left, right) => most(right) - most(left)).slice(0, shownLayers)
  return {
    caption: `By operator, batch ${group[0]?.place.batchSize ?? ''}`,
    head: 'Operator',
    columns: group.map(({ place }) => numbers(place.caseName, 'ms / query')),
    rows: ordered.map((operator) => ({
      name: cut(operator),
      cells: sums.map(({ place: { backend }, byOperator }) => {
        const timeMs = byOperator.get(operator)
        if (timeMs === undefined) return nothingMeasured
        return { text: numberText(timeMs), bar: { share: longest > 0 ? timeMs / longest : 0, backend } }
      }),
    })),
  }
}

function cut(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name
}
