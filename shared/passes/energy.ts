// The energy of one long block, from the board's own counter; only on a GPU. The gross figure is the case's
// `energyJoulesPerImage`; this holds the details.
import { z } from 'zod'
import { figureSchema, isMeasured, notMeasuredSchema } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import { countText, figureText, numberText } from '../report/figure-text.ts'
import { definePass } from './pass.ts'
import { caseTable, cellOf, numbers } from './pass-section.ts'

export const energySchema = z.union([
  z.object({
    /** The same without the board's idle power with the case loaded. */
    netJoulesPerImage: figureSchema,
    blockMs: z.number().positive(),
    images: z.number().int().positive(),
    averageWatts: z.number().nonnegative(),
    idleWatts: z.number().nonnegative().nullable(),
    /** What was metered: `the GPU board, not the wall`. */
    boundary: z.string().min(1),
  }),
  notMeasuredSchema,
])
export type Energy = z.infer<typeof energySchema>

/** After work a board's clocks stay up for a moment; after that it is watched idle, with the model loaded. */
export const energyRest = { settleMs: 2000, idleMs: 6000 } as const

const blockMs = {
  flag: 'energy',
  valueName: 'seconds',
  valueMayBeLeftOut: true,
  schema: z.number().min(10_000).max(300_000).default(30_000),
  unitFactor: 1000,
  label: 'energy over',
  unit: 's',
  description: 'Measure the energy of an image over one uninterrupted block, on a GPU',
} satisfies Option

export const energyPass = definePass({
  field: 'energy',
  key: 'energy',
  stage: 'energy',
  title: 'Energy',
  tells: "Joules per image, from the GPU board's own counter.",
  requestSchema: z.object({ blockMs: blockMs.schema.removeDefault() }),
  resultSchema: energySchema,
  asks: blockMs,
  fields: { blockMs },
  isInAll: true,
  obstacle: ({ device, backend }) => {
    if (device === 'cpu') return "only the energy counter of a GPU's board is read"
    return backend === 'simulated' ? 'a simulated case computes nothing, so it uses no energy' : null
  },
  estimateMs: ({ blockMs }, { loadMs, warmupMs }) =>
    loadMs + warmupMs + energyRest.settleMs + energyRest.idleMs + blockMs,
  cells: (pass) => ({
    energy_net_joules_per_image: pass?.netJoulesPerImage.value ?? null,
    energy_average_watts: pass?.averageWatts ?? null,
    energy_idle_watts: pass?.idleWatts ?? null,
    energy_block_ms: pass?.blockMs ?? null,
    energy_images: pass?.images ?? null,
    energy_boundary: pass?.boundary ?? null,
  }),
  line: ({ netJoulesPerImage: net, averageWatts, boundary }, { energyJoulesPerImage: gross }) => {
    const aboveIdle = isMeasured(net) ? `, ${figureText(net, 'J')} above idle` : ''
    return `${figureText(gross, 'J')} per image${aboveIdle}, at ${numberText(averageWatts)} W (${boundary})`
  },
  section: {
    rank: 5,
    title: 'Energy',
    note: "From the board's own counter over one uninterrupted block, each case alone. Net: without the power of the board when the case is loaded and idle.",
    draw: (cases) => ({
      tables: [
        caseTable(
          [
            numbers('energy', 'J / image'),
            numbers('net', 'J / image'),
            numbers('average power', 'W'),
            numbers('idle power', 'W'),
            numbers('block', 's'),
            numbers('images'),
          ],
          cases.map(({ place, measured }) => ({
            name: place.name,
            cells: [
              cellOf(place.energyJoulesPerImage.value, numberText),
              cellOf(measured.netJoulesPerImage.value, numberText),
              cellOf(measured.averageWatts, numberText),
              cellOf(measured.idleWatts, numberText),
              cellOf(measured.blockMs / 1000, numberText),
              cellOf(measured.images, countText),
            ],
          })),
        ),
      ],
      remarks: cases.flatMap(({ place, measured: { netJoulesPerImage: net, boundary } }) => [
        ...(isMeasured(net) ? [] : [{ place, sentence: `net figure not measured: ${net.reason}` }]),
        { place, sentence: `measured at ${boundary}` },
      ]),
    }),
  },
})
