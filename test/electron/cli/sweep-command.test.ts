import { expect, test } from 'vitest'
import type { Typed } from '../../../electron/cli/command.ts'
import { type sweepOptions, sweepPlanFrom, sweepText } from '../../../electron/cli/sweep-command.ts'
import { type SweepRecord, sweepPlanSchema } from '../../../shared/domain/sweep.ts'
import { joiningCandidates } from '../../../shared/planning/joining-candidates.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { simulatedSweep } from '../../fakes/sweep-bench.ts'
import { faultsOf, typed } from '../../fakes/typed-command.ts'

const defaults = {
  candidates: [{ backend: 'onnxruntime' as const, precision: 'fp32' as const, options: {} }],
  threads: 2,
  imageLimit: 64,
}
const typedSweep = (words: string) => typed(`sweep ${words}`).typed as Typed<typeof sweepOptions>

test('a sweep takes what is typed, in ascending order and each once', () => {
  const words = '--model digits --backends openvino:fp16 --batch 8,1,8 --streams 2,1 --point 0.5'
  const plan = sweepPlanFrom(typedSweep(words), { ...defaults, candidates: [] })
  expect(sweepPlanSchema.parse(plan)).toEqual(plan)
  expect(plan).toEqual({
    ...{ model: 'digits', candidates: [{ backend: 'openvino', precision: 'fp16', options: {} }] },
    ...{ batchSizes: [1, 8], streams: [1, 2], pointMs: 500, imageFolder: null, imageLimit: 64, inputSize: null },
    ...{ weights: { kind: 'auto' }, device: 'cpu', threads: 2, opset: null, seed: 1 },
  })
})

test('where nothing is typed, batches from 1 to 16 are measured on one stream', () => {
  expect(sweepPlanFrom(typedSweep('--model digits'), defaults)).toMatchObject({
    ...{ batchSizes: [1, 2, 4, 8, 16], streams: [1], pointMs: 2000 },
  })
})

test('a tuned candidate that joins a run by default joins no sweep', () => {
  const engine = { backend: 'tensorrt', precision: 'fp16', artifact: 'a'.repeat(64) } as const
  const artifact = { model: 'digits', candidates: joiningCandidates(engine) }
  const { candidates } = sweepPlanFrom(typedSweep('--artifact aaaa'), { ...defaults, artifact })
  expect(candidates).toEqual([...defaults.candidates, { ...engine, options: {} }])
})

test('faults are refused by name, all at once', () => {
  expect(faultsOf('sweep --streams 17 --point 0.1')).toEqual([
    '--streams cannot be "17". Give a whole number from 1 to 16.',
    '--point cannot be "0.1". Give a number from 0.5 to 60.',
    'sweep needs a model. Add --model ID, FILE.onnx or a source, e.g. timm:resnet18; `enginebench models` lists the ids.',
  ])
})

const record: SweepRecord = {
  ...{ schemaVersion: 1, sweepId: '20260101-000000-tiny-aaaa', state: 'completed', simulated: false },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:01:00.000Z', modelName: 'Tiny' },
  ...{ command: 'enginebench sweep --model tiny', plan: simulatedSweep([{}]), weights: null },
  fingerprint: exampleRecord().fingerprint,
  ...{ points: [], knees: [], error: null, notes: [] },
}

test('what a sweep is worth stands in its first line', () => {
  const firstLine = (changes: Partial<SweepRecord>) =>
    sweepText({ ...record, ...changes }, { resultIsTerminal: false }).split('\n')[0]
  expect(firstLine({})).toBe('Tiny · sweep · completed')
  expect(firstLine({ simulated: true })).toBe('Tiny · sweep · completed · SIMULATED')
  expect(firstLine({ weights: 'seeded' })).toBe(
    'Tiny · sweep · completed · seeded weights: timing valid, predictions not',
  )
})
