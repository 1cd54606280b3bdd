import { expect, test } from 'vitest'
import { measured, missing } from '../../../shared/domain/figure.ts'
import type { SweepRecord } from '../../../shared/domain/sweep.ts'
import { sweepChart, sweepMarkdown } from '../../../shared/report/sweep-report.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { simulatedSweep } from '../../fakes/sweep-bench.ts'

const none = missing('It did not fit.')

const record: SweepRecord = {
  schemaVersion: 1,
  sweepId: '20260101-000000-tiny-aaaa',
  state: 'completed',
  simulated: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  modelName: 'Tiny',
  command: 'enginebench sweep --model tiny',
  plan: simulatedSweep([{}]),
  fingerprint: exampleRecord().fingerprint,
  weights: 'seeded',
  points: [
    {
      ...{ backend: 'onnxruntime', precision: 'fp16', artifact: '1a2b3c4d'.repeat(8), batchSize: 1, streams: 2 },
      ...{ state: 'measured', reason: null, predictedMemoryBytes: null },
      ...{ latencyMs: measured(2.5), imagesPerSecond: measured(400), memoryBytes: measured(2 ** 30) },
    },
    {
      ...{ backend: 'onnxruntime', precision: 'fp16', artifact: '1a2b3c4d'.repeat(8), batchSize: 8, streams: 2 },
      ...{ state: 'out-of-memory', reason: 'No <memory> left.', predictedMemoryBytes: 2 ** 31 },
      ...{ latencyMs: none, imagesPerSecond: none, memoryBytes: none },
    },
  ],
  knees: [
    {
      ...{ backend: 'onnxruntime', precision: 'fp16', artifact: '1a2b3c4d'.repeat(8), streams: 2, batchSize: 1 },
      reason: 'it has the highest throughput',
    },
  ],
  error: null,
  notes: [],
}

test('a sweep as Markdown names its series, shows every point, and escapes what came from outside', () => {
  const text = sweepMarkdown(record)
  for (const part of [
    '# Tiny: batch sweep, completed',
    'Seeded weights: timing valid, predictions not',
    'Not an MLPerf result',
    '- ONNX Runtime FP16 (1a2b3c4d), 2 streams: batch 1 (it has the highest throughput)',
    '| ONNX Runtime FP16 (1a2b3c4d), 2 streams | 1 | 2.50 | 400 | 1,024 | – | measured |',
    '| – | – | – | 2,048 | out-of-memory: No \\<memory\\> left. |',
    'enginebench sweep --model tiny',
  ])
    expect(text).toContain(part)
})

test('its chart draws a line a series, and rings the knee', () => {
  const { text } = sweepChart(record)
  expect(text.match(/<path /g)).toHaveLength(1)
  expect(text.match(/r="7"/g)).toHaveLength(1)
  expect(text).toContain('ONNX Runtime FP16 (1a2b3c4d), 2 streams')
})
