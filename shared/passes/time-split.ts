// Where the time of one query goes. Host times are taken in a separate pass that waits for the device after each part,
// so they add up to more than the latency of the rounds; device times come from CUDA events and are never added to or
// subtracted from host times.
import { z } from 'zod'
import { notMeasuredSchema } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import { countText, numberText } from '../report/figure-text.ts'
import { definePass } from './pass.ts'
import { caseTable, cellOf, numbers, type PassColumn, withoutEmptyColumns } from './pass-section.ts'

export const queryPartSchema = z.enum([
  'preprocess',
  'host-to-device',
  'compute',
  /** The host's share of `compute`: handing the computation to the device. */
  'enqueue',
  'device-to-host',
  'postprocess',
])
export type QueryPart = z.infer<typeof queryPartSchema>

export const partTimeSchema = z.object({
  part: queryPartSchema,
  clock: z.enum(['host', 'device']),
  /** Per query; null if it was not measured. */
  medianMs: z.number().nonnegative().nullable(),
  /** Why there is no median; null if there is one. */
  reason: z.string().nullable(),
  /** Whether the latency of the rounds includes it. */
  included: z.boolean(),
})
export type PartTime = z.infer<typeof partTimeSchema>

export const timeSplitSchema = z.union([
  z.object({ queries: z.number().int().positive(), method: z.string().min(1), parts: z.array(partTimeSchema) }),
  notMeasuredSchema,
])
export type TimeSplit = z.infer<typeof timeSplitSchema>

const queries = {
  flag: 'split',
  valueName: 'queries',
  valueMayBeLeftOut: true,
  schema: z.number().int().min(1).max(10_000).default(100),
  label: 'time split over',
  unit: 'queries',
  description: 'Split the time of a query into copies, compute and the rest',
} satisfies Option

const clockWords = { host: 'host clock', device: 'device clock' } as const

type Kind = Pick<PartTime, 'part' | 'clock' | 'included'>

export const timeSplitPass = definePass({
  field: 'timeSplit',
  key: 'time-split',
  stage: 'time-split',
  title: 'Time split',
  tells: 'Where the time of one query goes: copies in, compute, copies out.',
  requestSchema: z.object({ queries: queries.schema.removeDefault() }),
  resultSchema: timeSplitSchema,
  asks: queries,
  fields: { queries },
  isInAll: true,
  // Host parts, device parts, and what follows the model.
  estimateMs: ({ queries }, { loadMs, warmupMs, latencyMs }) => loadMs + warmupMs + 3 * queries * latencyMs,
  cells: (pass) => {
    const parts = pass?.parts ?? []
    const cells = queryPartSchema.options.flatMap((part) =>
      (['host', 'device'] as const).map((clock) => {
        const found = parts.find((time) => time.part === part && time.clock === clock)
        return [`split_${part.replaceAll('-', '_')}_${clock}_ms`, found?.medianMs ?? null] as const
      }),
    )
    const included = parts.filter((time) => time.included).map(({ part }) => part)
    return {
      ...Object.fromEntries(cells),
      split_included: parts.length === 0 ? null : [...new Set(included)].join(' '),
    }
  },
  line: ({ parts }) => {
    const known = parts.flatMap(({ part, clock, medianMs }) =>
      medianMs === null ? [] : [`${part} ${numberText(medianMs)} ms${clock === 'device' ? ' (device)' : ''}`],
    )
    return known.length === 0 ? 'no part could be told apart' : known.join(', ')
  },
  section: {
    rank: 2,
    title: 'Where the time goes',
    note: "Medians of one query, with a wait for the device after each part: host times add up to more than the latency of the rounds. Times of the device's own clock are beside them and are never added.",
    draw: (cases) => {
      const kinds = kindsOf(cases.flatMap(({ measured }) => measured.parts))
      const rows = cases.map(({ place: { name }, measured: { parts } }) => ({
        name,
        cells: kinds.map((kind) =>
          cellOf(parts.find((part) => kindName(part) === kindName(kind))?.medianMs ?? null, numberText),
        ),
      }))
      return {
        tables: [withoutEmptyColumns(caseTable(kinds.map(columnOf), rows))],
        remarks: cases.flatMap(({ place, measured: { queries, method, parts } }) => [
          ...parts.flatMap(({ part, clock, medianMs, reason }) =>
            medianMs === null
              ? [{ place, sentence: `${part}, ${clockWords[clock]}: not measured: ${reason ?? 'no reason given'}` }]
              : [],
          ),
          { place, sentence: `${countText(queries)} queries; ${method}` },
        ]),
      }
    },
  },
})

function kindName({ part, clock, included }: Kind): string {
  return `${part} ${clock} ${included}`
}

/** In the order of a query, host before device. */
function kindsOf(parts: readonly PartTime[]): readonly Kind[] {
  const rank = ({ part, clock }: Kind) => queryPartSchema.options.indexOf(part) * 2 + (clock === 'host' ? 0 : 1)
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
