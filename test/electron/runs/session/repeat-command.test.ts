import { expect, test } from 'vitest'
import { readCommandLine } from '../../../../electron/cli/command-line.ts'
import { planFrom, type RunTyped } from '../../../../electron/cli/run-command.ts'
import { repeatCommand } from '../../../../electron/runs/session/repeat-command.ts'
import { exampleRecord } from '../../../fakes/example-record.ts'

const { budget: _, ...plan } = exampleRecord().plan

test('the command names everything that the plan chose', () => {
  expect(repeatCommand(plan)).toBe(
    'enginebench run --model digits --backends simulated:fp32 --batch 1 --image-limit 24 --weights auto --device cpu --threads 2 --preset quick --seed 1',
  )
})

test('paths that a shell would take apart are quoted, and options are said to be elsewhere', () => {
  expect(
    repeatCommand({
      ...plan,
      model: "/home/ann's/my model.onnx",
      candidates: [{ backend: 'onnxruntime', precision: 'fp32', options: { spinning: true } }],
      batchSizes: [1, 8],
      imageFolder: '/pictures/$HOME',
      inputSize: 320,
      weights: { kind: 'folder', folder: '/weights' },
      opset: 18,
    }),
  ).toBe(
    "enginebench run --model '/home/ann'\\''s/my model.onnx' --backends onnxruntime:fp32 --batch 1,8 --images '/pictures/$HOME' --image-limit 24 --size 320 --weights /weights --device cpu --threads 2 --opset 18 --preset quick --seed 1  # backend options are in the record's plan",
  )
})

test('a tuned candidate is named so', () => {
  const candidates = [
    { backend: 'onnxruntime' as const, precision: 'fp32' as const, options: {} },
    { backend: 'onnxruntime' as const, precision: 'fp32' as const, options: { tuned: true } },
  ]
  expect(repeatCommand({ ...plan, candidates })).toBe(
    'enginebench run --model digits --backends onnxruntime:fp32,onnxruntime:fp32:tuned --batch 1 --image-limit 24 --weights auto --device cpu --threads 2 --preset quick --seed 1',
  )
})

test('artifacts are named by their hashes, each once', () => {
  const candidates = [
    { backend: 'torch-eager' as const, precision: 'fp32' as const, options: {} },
    { backend: 'onnxruntime' as const, precision: 'fp16' as const, options: {}, artifact: 'a'.repeat(64) },
  ]
  const rest = '--batch 1 --image-limit 24 --weights auto --device cpu --threads 2 --preset quick --seed 1'
  expect(repeatCommand({ ...plan, candidates })).toBe(
    `enginebench run --model digits --backends torch-eager:fp32 --artifact ${'a'.repeat(64)} ${rest}`,
  )
  const more = ['a', 'b'].map((letter) => ({
    ...{ backend: 'onnxruntime' as const, precision: 'fp16' as const, options: {} },
    artifact: letter.repeat(64),
  }))
  expect(repeatCommand({ ...plan, candidates: more })).toBe(
    `enginebench run --model digits --artifact ${'a'.repeat(64)},${'b'.repeat(64)} ${rest}`,
  )
})

test('passes, the margin, the budget and the width rule are asked for again, with every size that they had', () => {
  const asked = {
    passes: {
      coldStart: { launches: 7 },
      energy: { blockMs: 30_000 },
      timeSplit: { queries: 100 },
      layers: { queries: 20 },
      offline: { images: 1000 },
      server: { latencyBoundMs: 12.5, percentile: 95, ratePerSecond: 40, durationMs: 15_000 },
      limits: true,
    },
    widthRule: { halfWidth: 0.07, budgetMs: 90_000 },
    margin: 0.05,
    budget: { mostLaunches: 8, budgetMs: 120_000 },
  }
  const command = repeatCommand({ ...plan, ...asked })
  expect(command).toContain(
    '--cold-start 7 --energy 30 --split 100 --layers 20 --offline 1000 --server-bound 12.5 --server-percentile 95 --server-rate 40 --server-duration 15 --limits --margin 5 --max-launches 8 --max-minutes 2 --half-width 7 --budget 1.5',
  )
  const request = readCommandLine(command.split(' ').slice(1), '1')
  if (request.kind !== 'run') throw new Error('it asks for no run')
  const typed = planFrom(request.typed as RunTyped, { candidates: [], threads: 1, imageLimit: 1 })
  const { passes, widthRule, margin, budget } = typed
  expect({ passes, widthRule, margin, budget }).toEqual(asked)
})
