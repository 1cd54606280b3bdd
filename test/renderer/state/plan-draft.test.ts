import { beforeEach, expect, test } from 'vitest'
import {
  benchmarkArtifact,
  canBeTuned,
  demonstrationPlan,
  hasCandidate,
  toggleCandidate,
  toggleTuned,
  usePlanDraft,
} from '../../../renderer/state/plan-draft.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { artifact } from '../../shared/planning/artifact.ts'

const shipped = { backend: 'onnxruntime-node', precision: 'fp32', options: {} } as const
const tuned = { ...shipped, options: { tuned: true } }

beforeEach(() => usePlanDraft.setState({ plan: { ...demonstrationPlan(2), candidates: [shipped] } }))

const candidates = () => usePlanDraft.getState().plan?.candidates

test('a tuned candidate joins each one that runs as shipped, and leaves again', () => {
  toggleTuned('onnxruntime-node')
  expect(candidates()).toEqual([shipped, tuned])
  toggleTuned('onnxruntime-node')
  expect(candidates()).toEqual([shipped])
})

test('a precision that is added to a tuned backend is tuned too, and takes its tuned candidate along', () => {
  toggleTuned('onnxruntime-node')
  toggleCandidate('onnxruntime-node', 'int8')
  const int8 = { ...shipped, precision: 'int8' }
  expect(candidates()).toEqual([shipped, tuned, int8, { ...int8, options: { tuned: true } }])
  toggleCandidate('onnxruntime-node', 'fp32')
  expect(candidates()).toEqual([int8, { ...int8, options: { tuned: true } }])
})

test('tuned settings are offered only for what is chosen and has some on this device', () => {
  const plan = usePlanDraft.getState().plan
  if (plan === null) throw new Error('there is a plan')
  expect(canBeTuned(plan, 'onnxruntime-node')).toBe(true)
  expect(canBeTuned(plan, 'torch-eager')).toBe(false)
  const onGpu = { ...plan, device: 'cuda' as const, candidates: [{ ...shipped, backend: 'onnxruntime' as const }] }
  expect(canBeTuned(onGpu, 'onnxruntime')).toBe(false)
  expect(hasCandidate({ ...plan, candidates: [tuned] }, 'onnxruntime-node', 'fp32')).toBe(false)
})

test('TensorRT joins a plan without and with a CUDA graph, and a pair that was taken apart stays so', () => {
  const plain = { backend: 'tensorrt', precision: 'fp16', options: {} } as const
  toggleCandidate('tensorrt', 'fp16')
  expect(candidates()).toEqual([shipped, plain, { ...plain, options: { tuned: true } }])
  toggleTuned('tensorrt')
  toggleCandidate('tensorrt', 'int8')
  expect(candidates()).toEqual([shipped, plain, { ...plain, precision: 'int8' }])
})

test('an engine of TensorRT is planned without and with a CUDA graph', () => {
  const engine = artifact({ kind: 'tensorrt-engine' })
  expect(benchmarkArtifact('digits', exampleManifest(), engine, ['tensorrt'])).toBe(true)
  const plain = { backend: 'tensorrt', precision: 'fp16', options: {}, artifact: engine.sha256 }
  expect(candidates()).toEqual([plain, { ...plain, options: { tuned: true } }])
})
