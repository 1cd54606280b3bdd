import { describe, expect, it } from 'vitest'
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import type { Candidate } from '../../../shared/domain/plan.ts'
import { checkPlan } from '../../../shared/planning/check-plan.ts'
import { fakePlan } from '../../fakes/run-record.ts'
import { manifest } from './manifest.ts'

function status(id: BackendId, changes: Partial<BackendStatus> = {}): readonly [BackendId, BackendStatus] {
  const ready = { available: true, reason: null, remedy: null, version: '1', licence: null, optionsSchema: null }
  return [id, { id, runsIn: 'python', ...ready, precisions: ['fp32', 'bf16'], devices: ['cpu'], ...changes }]
}

const stopped = { available: false, reason: 'There is no Python environment.', remedy: 'Set it up.' }
const statuses = new Map([status('torch-eager'), status('onnxruntime'), status('ultralytics')])
const pair: Candidate[] = [
  { backend: 'torch-eager', precision: 'fp32', options: {} },
  { backend: 'onnxruntime', precision: 'fp32', options: {} },
]
const plan = (changes: Parameters<typeof fakePlan>[0]) => fakePlan({ candidates: pair, ...changes })
const refusal = (code: string, message: string, remedy: string) => ({
  code,
  stage: 'plan',
  message,
  remedy,
  cause: null,
})

describe('checkPlan', () => {
  it('refuses more cases than can be compared, counted with the identical pair and without repeated batches', () => {
    const candidates = Array.from(
      { length: 32 },
      (): Candidate => ({ backend: 'onnxruntime', precision: 'fp32', options: {} }),
    )
    const batchSizes = [1, 2, 3, 4, 5, 6, 7, 8, 8]
    const refused = (changes: Parameters<typeof fakePlan>[0]) =>
      checkPlan(plan({ candidates, batchSizes, ...changes }), manifest, statuses).refusals
    expect(refused({})).toEqual([])
    expect(refused({ preset: 'rigorous' })).toEqual([
      refusal(
        'bad-usage',
        'The plan has 264 cases, and at most 256 are measured together.',
        'Choose fewer candidates or batch sizes, or divide them among several runs.',
      ),
    ])
  })

  it('has nothing to say of a plan that can run', () => {
    expect(checkPlan(plan({ batchSizes: [1, 8] }), manifest, statuses)).toEqual({ refusals: [], warnings: [] })
  })

  it('refuses batch 0 and batches beyond the profile', () => {
    const message = (size: number) => `Batch ${size} is outside what CLIP supports, 1 to 16.`
    expect(checkPlan(plan({ batchSizes: [0, 16, 17] }), manifest, statuses).refusals).toEqual([
      refusal('batch-outside-profile', message(0), 'Choose batch sizes from 1 to 16.'),
      refusal('batch-outside-profile', message(17), 'Choose batch sizes from 1 to 16.'),
    ])
  })

  it('refuses a size that the model cannot take, and names one that it can', () => {
    const dynamic = { ...manifest, input: { ...manifest.input, dynamicSize: true } }
    expect(checkPlan(plan({ inputSize: 320 }), manifest, statuses).refusals[0]?.code).toBe('input-mismatch')
    expect(checkPlan(plan({ inputSize: 320 }), dynamic, statuses).refusals).toEqual([])
    expect(checkPlan(plan({ inputSize: 330 }), dynamic, statuses).refusals[0]?.remedy).toBe(
      'Choose 320, or another multiple of 32.',
    )
  })

  it('says how to build the engine that TensorRT is to run, where it could run one', () => {
    const candidates: Candidate[] = [...pair, { backend: 'tensorrt', precision: 'fp32', options: {} }]
    const asked = plan({ model: 'clip', candidates })
    expect(checkPlan(asked, manifest, new Map([...statuses, status('tensorrt')])).refusals).toEqual([
      refusal(
        'missing-artifact',
        'TensorRT runs an engine that was built for this machine, and the plan names none for FP32.',
        'Build it: enginebench convert --model clip --to tensorrt --precision fp32; then run the artifact that it prints.',
      ),
    ])
    expect(checkPlan(asked, manifest, new Map([...statuses, status('tensorrt', stopped)])).refusals).toEqual([])
  })

  it('refuses a model whose operators only a plugin library computes, but not on an engine or without computing', () => {
    const custom = { ...manifest, customOperators: ['my.company::Sharpen'] }
    const candidates: Candidate[] = [
      { backend: 'onnxruntime', precision: 'fp32', options: {} },
      { backend: 'simulated', precision: 'fp32', options: {} },
      { backend: 'tensorrt', precision: 'fp32', options: {}, artifact: 'a'.repeat(64) },
    ]
    const refused = checkPlan(plan({ candidates }), custom, statuses).refusals
    expect(refused.filter(({ code }) => code !== 'unknown-artifact')).toEqual([
      refusal(
        'unsupported-operator',
        'ONNX Runtime cannot run CLIP: it has operators that are not part of ONNX: my.company::Sharpen.',
        'Convert it to TensorRT with the plugin library that has them, and run the engine.',
      ),
    ])
  })

  it('refuses a precision that an available backend does not offer', () => {
    const candidates: Candidate[] = [...pair, { backend: 'torch-eager', precision: 'fp16', options: {} }]
    expect(checkPlan(plan({ candidates }), manifest, statuses).refusals).toEqual([
      refusal(
        'unsupported-precision',
        'PyTorch eager does not offer FP16 on this machine.',
        'Choose from: fp32, bf16.',
      ),
    ])
  })

  it('refuses a device that an available backend does not run on', () => {
    expect(checkPlan(plan({ device: 'cuda' }), manifest, statuses).refusals).toEqual([
      refusal('backend-unavailable', 'PyTorch eager does not run on cuda here.', 'Choose from: cpu.'),
      refusal('backend-unavailable', 'ONNX Runtime does not run on cuda here.', 'Choose from: cpu.'),
    ])
  })

  const card = (name: string, computeCapability: string, uuid: string) => {
    return { name, computeCapability, uuid, memoryBytes: null, driver: null }
  }
  const cards = [card('RTX 4090', '8.9', 'GPU-aaaa'), card('RTX 2080 Ti', '7.5', 'GPU-bbbb')]
  const onBoth = { devices: ['cpu', 'cuda'], precisions: ['fp32', 'tf32', 'bf16'] as const }
  const ready = new Map([
    status('torch-eager', { ...onBoth, precisions: [...onBoth.precisions] }),
    status('tensorrt-rtx', { devices: ['cuda'], precisions: ['fp16'] }),
  ])
  const asking = (device: string, backend: BackendId, precision: Candidate['precision']) => {
    const asked = plan({ device, candidates: [{ backend, precision, options: {} }] })
    return checkPlan(asked, manifest, ready, new Map(), cards).refusals
  }

  it('names the cards of this machine if the plan asks for another one', () => {
    expect(asking('cuda:2', 'torch-eager', 'fp32')).toEqual([
      refusal(
        'backend-unavailable',
        'This machine has no GPU cuda:2.',
        'Choose from: cpu, cuda:0 (RTX 4090, GPU-aaaa), cuda:1 (RTX 2080 Ti, GPU-bbbb).',
      ),
    ])
  })

  it('refuses what the chosen card lacks, though the first one has it, in its own name', () => {
    expect(asking('cuda', 'torch-eager', 'tf32')).toEqual([])
    expect(asking('cuda:1', 'torch-eager', 'tf32')).toEqual([
      refusal(
        'unsupported-precision',
        'RTX 2080 Ti has compute capability 7.5; TF32 needs 8.0 or newer.',
        'Choose from: fp32, fp16.',
      ),
    ])
    expect(asking('GPU-bbbb', 'tensorrt-rtx', 'fp16')).toEqual([
      refusal(
        'backend-unavailable',
        'RTX 2080 Ti has compute capability 7.5; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.',
        'Use TensorRT or PyTorch on this GPU.',
      ),
    ])
  })

  it('names the card that can run a backend, if the chosen one cannot and another can', () => {
    const told = [
      { name: 'RTX 4090', uuid: 'GPU-aaaa', refusal: null },
      { name: 'RTX 2080 Ti', uuid: 'GPU-bbbb', refusal: 'RTX 2080 Ti is too old for this build of PyTorch.' },
    ]
    const some = new Map([status('torch-eager', { ...onBoth, precisions: ['fp32'], cards: told })])
    const asked = (device: string) => {
      const candidates: Candidate[] = [{ backend: 'torch-eager', precision: 'fp32', options: {} }]
      return checkPlan(plan({ device, candidates }), manifest, some, new Map(), cards).refusals
    }
    expect(['cpu', 'cuda', 'GPU-aaaa'].map(asked)).toEqual([[], [], []])
    expect(asked('cuda:1')).toEqual([
      refusal('backend-unavailable', 'RTX 2080 Ti is too old for this build of PyTorch.', 'Choose cuda (RTX 4090).'),
    ])
  })

  it('tells what brings the device where the backend knows it', () => {
    const deviceRemedies = { cuda: 'Install onnxruntime-gpu.' }
    const some = new Map([...statuses, status('onnxruntime', { deviceRemedies })])
    expect(checkPlan(plan({ device: 'cuda' }), manifest, some).refusals.map(({ remedy }) => remedy)).toEqual([
      'Choose from: cpu.',
      'Install onnxruntime-gpu.',
    ])
  })

  it('refuses a tuned candidate of a backend that has no tuned settings', () => {
    const candidates: Candidate[] = [...pair, { backend: 'simulated', precision: 'fp32', options: { tuned: true } }]
    expect(checkPlan(plan({ candidates }), manifest, statuses).refusals).toEqual([
      refusal(
        'bad-usage',
        'Simulated has no tuned settings on cpu.',
        'Choose from: torch-eager, torch-compile, torch-cudagraph, onnxruntime, onnxruntime-node, tensorrt, onnxruntime-tensorrt, ultralytics.',
      ),
    ])
  })

  it('refuses a backend that has no module of the model', () => {
    const candidates: Candidate[] = [...pair, { backend: 'ultralytics', precision: 'fp32', options: {} }]
    expect(checkPlan(plan({ candidates }), manifest, statuses).refusals).toEqual([
      refusal(
        'bad-usage',
        'Ultralytics cannot run CLIP: it has no Ultralytics module for it.',
        'Choose from: torch-eager, onnxruntime, onnxruntime-node.',
      ),
    ])
  })

  it('warns of a backend that cannot run here, whatever precision was asked of it', () => {
    const some = new Map([...statuses, status('torch-eager', { ...stopped, precisions: [], devices: [] })])
    expect(checkPlan(plan({}), manifest, some)).toEqual({
      refusals: [],
      warnings: ['PyTorch eager FP32 will be skipped: There is no Python environment. Set it up.'],
    })
  })

  it('refuses a plan of which nothing can run', () => {
    const none = new Map([status('torch-eager', stopped), status('onnxruntime', stopped)])
    expect(checkPlan(plan({}), manifest, none).refusals).toEqual([
      refusal(
        'backend-unavailable',
        'None of the backends can run here. There is no Python environment.',
        'Set it up.',
      ),
    ])
  })

  it('warns of a batch size named twice and of a candidate alone', () => {
    const { warnings } = checkPlan(plan({ batchSizes: [1, 1], candidates: pair.slice(0, 1) }), manifest, statuses)
    expect(warnings).toEqual([
      'A batch size given twice is measured once.',
      'There is only one candidate: it will be measured but not compared.',
    ])
  })
})
