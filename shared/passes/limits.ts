// The hardware's limits, and how close a case comes to them. Work is counted from the model's graph; the device's peaks
// are measured (a large matrix product, a large copy) or taken from its specification, as recorded.
import { z } from 'zod'
import { notMeasuredSchema } from '../domain/figure.ts'
import { precisionSchema } from '../domain/precision.ts'
import { numberText, percentText, prefixedText } from '../report/figure-text.ts'
import { definePass } from './pass.ts'
import { caseTable, numbers, words } from './pass-section.ts'

export const modelWorkSchema = z.object({
  /** Per query: two for each multiply and add. */
  operations: z.number().nonnegative(),
  /** Each weight read once, and each activation written and read once, at the size of the computing precision. */
  bytes: z.number().nonnegative(),
  /** Operators whose work was not counted, which makes the rest a lower bound. */
  notCounted: z.array(z.string()),
})
export type ModelWork = z.infer<typeof modelWorkSchema>

export const devicePeakSchema = z.object({
  precision: precisionSchema,
  operationsPerSecond: z.number().positive(),
  bytesPerSecond: z.number().positive(),
  /** `measured: 4096 × 4096 matrix product, 1 GiB copy`, or `specification`. */
  source: z.string().min(1),
})
export type DevicePeak = z.infer<typeof devicePeakSchema>

export const boundSchema = z.enum(['compute', 'memory', 'launch-overhead', 'transfers', 'unknown'])
export type Bound = z.infer<typeof boundSchema>

export const limitsSchema = z.union([
  z.object({
    work: modelWorkSchema,
    peak: devicePeakSchema,
    operationsPerSecond: z.number().nonnegative(),
    /** Operations per byte. */
    intensity: z.number().nonnegative(),
    /** Share of what the roof allows at this intensity, 0..1; above 1 if the work was overcounted. */
    shareOfRoof: z.number().nonnegative(),
    boundBy: boundSchema,
    /** One sentence: `this engine runs at 31 % of what this device can do, bound by …`. */
    reason: z.string().min(1),
  }),
  notMeasuredSchema,
])
export type Limits = z.infer<typeof limitsSchema>

/** A worker that counts a graph or measures the device's peak. */
const countingMs = 10_000

export const limitsPass = definePass({
  field: 'limits',
  key: 'limits',
  stage: 'limits',
  title: 'Limits',
  tells: 'What share of the device each engine reaches, and what holds it back.',
  requestSchema: z.boolean(),
  resultSchema: limitsSchema,
  asks: {
    flag: 'limits',
    valueName: null,
    schema: z.boolean(),
    description: 'Compare each case with what the device can do (needs Python)',
  },
  fields: {},
  isInAll: true,
  formNote: 'limits also need the time split and the layers',
  takesAlong: { timeSplit: { queries: 50 }, layers: { queries: 10 } },
  obstacle: ({ backend }) =>
    backend === 'simulated' ? 'a simulated case computes nothing, so it comes near no limit' : null,
  estimateMs: () => countingMs,
  cells: (pass) => ({
    operations_per_query: pass?.work.operations ?? null,
    bytes_per_query: pass?.work.bytes ?? null,
    operations_per_second: pass?.operationsPerSecond ?? null,
    operations_per_byte: pass?.intensity ?? null,
    peak_operations_per_second: pass?.peak.operationsPerSecond ?? null,
    peak_bytes_per_second: pass?.peak.bytesPerSecond ?? null,
    peak_source: pass?.peak.source ?? null,
    share_of_roof: pass?.shareOfRoof ?? null,
    bound_by: pass?.boundBy ?? null,
    limits_reason: pass?.reason ?? null,
  }),
  line: ({ reason }) => reason,
  section: {
    rank: 1,
    title: 'Limits of the hardware',
    note: "Work is counted from the model's graph: two operations for each multiply and add, each weight read once, each activation written and read once. The roof is the device's bandwidth times operations per byte, up to its peak.",
    draw: (cases) => ({
      tables: [
        caseTable(
          [
            numbers('of the roof'),
            words('bound by'),
            numbers('reached', 'operations / s'),
            numbers('peak', 'operations / s'),
            numbers('bandwidth', 'B / s'),
            numbers('work', 'operations / query'),
            numbers('moved', 'B / query'),
            numbers('intensity', 'operations / B'),
          ],
          cases.map(
            ({ place: { name }, measured: { work, peak, operationsPerSecond, intensity, shareOfRoof, boundBy } }) => ({
              name,
              cells: [
                percentText(shareOfRoof),
                boundBy.replaceAll('-', ' '),
                prefixedText(operationsPerSecond).trimEnd(),
                prefixedText(peak.operationsPerSecond).trimEnd(),
                prefixedText(peak.bytesPerSecond).trimEnd(),
                prefixedText(work.operations).trimEnd(),
                prefixedText(work.bytes).trimEnd(),
                numberText(intensity),
              ].map((text) => ({ text })),
            }),
          ),
        ),
      ],
      remarks: [
        ...cases.map(({ place, measured: { reason } }) => ({ place, sentence: reason })),
        ...cases.map(({ place, measured: { peak } }) => ({ place, sentence: `peaks of the device, ${peak.source}` })),
      ],
    }),
  },
})
