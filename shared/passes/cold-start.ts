// How long until a case answers its first query, in processes that had not run before. Never mixed into latency. Times
// in ms; a part that cannot be told apart is null and counts in the part after it.
import { z } from 'zod'
import { figureSchema, isMeasured, notMeasuredSchema } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import { countText, figureText, numberText, rangeText } from '../report/figure-text.ts'
import { median } from '../statistics/descriptive.ts'
import { definePass } from './pass.ts'
import { caseTable, cellOf, nothingMeasured, numbers, type PassCell, withoutEmptyColumns } from './pass-section.ts'

export const coldLaunchSchema = z.object({
  /** From the start request to the process's first message. */
  spawnMs: z.number().nonnegative(),
  importMs: z.number().nonnegative().nullable(),
  /** Creating the CUDA context; null on a CPU. */
  contextMs: z.number().nonnegative().nullable(),
  /** Loading, deserialising or compiling. */
  loadMs: z.number().nonnegative(),
  firstQueryMs: z.number().positive(),
  secondQueryMs: z.number().positive(),
})
export type ColdLaunch = z.infer<typeof coldLaunchSchema>

export const coldStartSchema = z.union([
  z.object({
    launches: z.array(coldLaunchSchema).min(1),
    /** Median over launches of the time to the first answer; the second query is not part of it. */
    toFirstAnswerMs: figureSchema,
    /** What was warm or cold: files in the system's page cache, compile caches, engines. Sentences. */
    caches: z.array(z.string()),
  }),
  notMeasuredSchema,
])
export type ColdStart = z.infer<typeof coldStartSchema>

/** In order; they add up to the time to the first answer. */
export const coldStartParts = [
  { part: 'spawnMs', title: 'process' },
  { part: 'importMs', title: 'import' },
  { part: 'contextMs', title: 'CUDA context' },
  { part: 'loadMs', title: 'load' },
  { part: 'firstQueryMs', title: 'first query' },
] as const satisfies readonly { readonly part: keyof ColdLaunch; readonly title: string }[]

export function toFirstAnswerMs(launch: ColdLaunch): number {
  return coldStartParts.reduce((sum, { part }) => sum + (launch[part] ?? 0), 0)
}

const launches = {
  flag: 'cold-start',
  valueName: 'count',
  valueMayBeLeftOut: true,
  schema: z.number().int().min(5).max(50).default(5),
  label: 'cold start in',
  unit: 'processes',
  description: 'Time N fresh processes to their first answer',
} satisfies Option

const timed = [...coldStartParts.map(({ part }) => part), 'secondQueryMs' as const]

export const coldStartPass = definePass({
  field: 'coldStart',
  key: 'cold-start',
  stage: 'cold-start',
  title: 'Cold start',
  tells: 'How long a fresh process takes to its first answer, part by part.',
  requestSchema: z.object({ launches: launches.schema.removeDefault() }),
  resultSchema: coldStartSchema,
  asks: launches,
  fields: { launches },
  isInAll: true,
  estimateMs: ({ launches }, { loadMs, latencyMs }) => launches * (loadMs + 2 * latencyMs),
  cells: (pass) => {
    const middle = (part: keyof ColdLaunch) => (pass === null ? null : medianOfAll(pass.launches, part))
    return {
      cold_launches: pass?.launches.length ?? null,
      cold_spawn_ms: middle('spawnMs'),
      cold_import_ms: middle('importMs'),
      cold_context_ms: middle('contextMs'),
      cold_load_ms: middle('loadMs'),
      cold_first_query_ms: middle('firstQueryMs'),
      cold_second_query_ms: middle('secondQueryMs'),
      cold_to_first_answer_ms: pass?.toFirstAnswerMs.value ?? null,
      cold_caches: pass?.caches.join('; ') ?? null,
    }
  },
  line: ({ toFirstAnswerMs, launches }) =>
    `${figureText(toFirstAnswerMs, 'ms')} to the first answer, median of ${launches.length} processes`,
  section: {
    rank: 6,
    title: 'Cold start',
    note: 'Medians over processes that had not run before; not part of any latency. The second query is not part of the time to the first answer.',
    draw: (cases) => {
      const rows = cases.map(({ place: { name }, measured: { launches, toFirstAnswerMs: whole } }) => {
        const totals = launches.map(toFirstAnswerMs)
        return {
          name,
          cells: [
            cellOf(whole.value, numberText),
            { text: rangeText({ low: Math.min(...totals), high: Math.max(...totals) }, numberText) },
            ...timed.map((part) => partCell(launches, part)),
            { text: countText(launches.length) },
          ],
        }
      })
      const columns = [
        numbers('to first answer', 'ms'),
        numbers('minimum – maximum', 'ms'),
        ...coldStartParts.map(({ title }) => numbers(title, 'ms')),
        numbers('second query', 'ms'),
        numbers('launches'),
      ]
      const table = withoutEmptyColumns(caseTable(columns, rows))
      const hasGap = table.rows.some(({ cells }) => cells.some(({ text }) => text === nothingMeasured.text))
      return {
        tables: [table],
        sentences: hasGap
          ? ['A part without a number does not exist, or could not be told apart and counts in the part after it.']
          : [],
        remarks: cases.flatMap(({ place, measured: { toFirstAnswerMs: whole, caches } }) => [
          ...(isMeasured(whole) ? [] : [{ place, sentence: `to first answer not measured: ${whole.reason}` }]),
          ...(caches.length === 0 ? [] : [{ place, sentence: caches.join('; ') }]),
        ]),
      }
    },
  },
})

/** Only if every launch reports the part: a median of some would not add up with the others. */
function medianOfAll(launches: readonly ColdLaunch[], part: keyof ColdLaunch): number | null {
  const times = launches.flatMap((launch) => launch[part] ?? [])
  return times.length > 0 && times.length === launches.length ? median(times) : null
}

function partCell(launches: readonly ColdLaunch[], part: keyof ColdLaunch): PassCell {
  const isAbsent = launches.every((launch) => launch[part] === null)
  const middle = medianOfAll(launches, part)
  return middle === null && !isAbsent ? { text: 'in part' } : cellOf(middle, numberText)
}
