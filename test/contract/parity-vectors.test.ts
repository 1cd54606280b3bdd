// Differences of outputs are computed by both languages: here to judge, in Python to put layers in order. One list of
// vectors.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compareOutputs } from '../../shared/statistics/compare-outputs.ts'

const arraySchema = z.object({
  shape: z.array(z.number()),
  values: z.array(z.union([z.number(), z.string()])).transform((values) => Float32Array.from(values, Number)),
})
const vectorsSchema = z.array(
  z.object({
    name: z.string(),
    classifies: z.boolean(),
    reference: z.array(arraySchema),
    candidate: z.array(arraySchema),
    figures: z.record(z.string(), z.number().nullable()),
  }),
)
const vectors = vectorsSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'vectors/parity.json'), 'utf8')))

test.each(vectors)('parity of $name', ({ reference, candidate, classifies, figures }) => {
  const found: Readonly<Record<string, unknown>> = { ...compareOutputs(reference, candidate, classifies) }
  const expected = Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [key, value === null ? null : expect.closeTo(value, 12)]),
  )
  expect(found).toMatchObject(expected)
})
