// The offline scenario: all images at once, as fast as possible. Named after the MLPerf rules, but not an MLPerf
// result, and every place that shows it says so.
import { z } from 'zod'
import { notMeasuredSchema } from '../domain/figure.ts'
import type { Option } from '../domain/option.ts'
import { countText, numberText } from '../report/figure-text.ts'
import { definePass } from './pass.ts'
import { caseTable, numbers } from './pass-section.ts'

export const notMlperf = 'not an MLPerf result'

export const offlineSchema = z.union([
  z.object({
    images: z.number().int().positive(),
    /** From the first query's start to the last one's end. */
    wallMs: z.number().positive(),
    imagesPerSecond: z.number().positive(),
  }),
  notMeasuredSchema,
])
export type Offline = z.infer<typeof offlineSchema>

const images = {
  flag: 'offline',
  valueName: 'images',
  valueMayBeLeftOut: true,
  schema: z.number().int().min(1).max(10_000_000).default(1000),
  label: 'offline, at least',
  unit: 'images',
  description: 'Process all images back to back, as fast as they go',
} satisfies Option

export const offlinePass = definePass({
  field: 'offline',
  key: 'offline',
  stage: 'measure',
  title: 'Offline',
  tells: 'Images per second when all of them are there at once.',
  requestSchema: z.object({ images: images.schema.removeDefault() }),
  resultSchema: offlineSchema,
  asks: images,
  fields: { images },
  isInAll: true,
  formNote: notMlperf,
  estimateMs: ({ images }, { loadMs, warmupMs, latencyMs, batchSize }) =>
    loadMs + warmupMs + Math.ceil(images / batchSize) * latencyMs,
  cells: (pass) => ({
    offline_images_per_second: pass?.imagesPerSecond ?? null,
    offline_images: pass?.images ?? null,
  }),
  line: ({ images, imagesPerSecond }) =>
    `${numberText(imagesPerSecond)} images/s over ${countText(images)} images (${notMlperf})`,
  section: {
    rank: 7,
    title: `Offline scenario, ${notMlperf}`,
    note: "All images back to back, from the first query's start to the last one's end.",
    draw: (cases) => ({
      tables: [
        caseTable(
          [numbers('throughput', 'images / s'), numbers('images'), numbers('took', 's')],
          cases.map(({ place: { name }, measured: { imagesPerSecond, images, wallMs } }) => ({
            name,
            cells: [numberText(imagesPerSecond), countText(images), numberText(wallMs / 1000)].map((text) => ({
              text,
            })),
          })),
        ),
      ],
      remarks: [],
    }),
  },
})
