import { describe, expect, it } from 'vitest'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { backendRows } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { Candidate } from '../../../shared/domain/plan.ts'
import { artifactRefusal, otherCardWarning } from '../../../shared/planning/check-artifact.ts'
import { artifact } from './artifact.ts'
import { manifest } from './manifest.ts'

const plan = { batchSizes: [1, 8], inputSize: null }
const named = (changes: Partial<Candidate> = {}): Candidate => ({
  ...{ backend: 'onnxruntime', precision: 'fp16', options: {}, artifact: artifact().sha256 },
  ...changes,
})
const refusalOf = (found: Artifact | BenchError, candidate = named(), asked: Partial<typeof plan> = {}) =>
  artifactRefusal(candidate, { ...plan, ...asked }, manifest, new Map([[artifact().sha256, found]]))

describe('artifactRefusal', () => {
  it('has nothing against a candidate without an artifact, nor against one that fits', () => {
    const { artifact: _, ...without } = named()
    expect(artifactRefusal(without, plan, manifest, new Map())).toBeNull()
    expect(refusalOf(artifact({ batch: { min: 1, opt: 8, max: 8 } }))).toBeNull()
    expect(refusalOf(artifact(), named({ backend: 'openvino' }))).toBeNull()
  })

  it.each([
    ['tensorrt' as const, artifact(), 'Choose from: onnxruntime, onnxruntime-node, onnxruntime-tensorrt, openvino.'],
    ['onnxruntime' as const, artifact({ kind: 'tensorrt-engine' }), 'Choose from: tensorrt.'],
    ['onnxruntime-node' as const, artifact({ kind: 'onnxruntime-optimized' }), 'Choose from: onnxruntime.'],
  ])('refuses %s what it does not read, and names what does', (backend, found, remedy) => {
    expect(refusalOf(found, named({ backend }))).toMatchObject({ code: 'bad-usage', remedy })
  })

  it('lets nothing run what the test builder made, under whatever name', () => {
    const made = artifact({ kind: 'tensorrt-rtx-engine', tools: { 'TensorRT-RTX': '1.7.1, test builder' } })
    for (const backend of ['tensorrt', 'tensorrt-rtx', 'onnxruntime'] as const)
      expect(refusalOf(made, named({ backend }))?.code).toBe('backend-unavailable')
  })

  it('refuses a label that the artifact does not have, or whose proof does not hold', () => {
    expect(refusalOf(artifact(), named({ precision: 'int8' }))).toMatchObject({
      code: 'bad-usage',
      message: 'onnx 1a2b3c4d is FP16, not INT8.',
    })
    const proof = { holds: false, label: 'fp32', method: 'graph', evidence: [] }
    expect(refusalOf(artifact({ precisionProof: proof }))).toMatchObject({
      code: 'precision-not-proved',
      message: 'onnx 1a2b3c4d is not proved to be FP16: it is fp32.',
    })
    expect(refusalOf(artifact({ precisionProof: { ...proof, holds: true } }))).toBeNull()
  })

  it('never lets TensorRT-RTX run weights in INT8 as INT8', () => {
    const label = 'int8 weights only, multiplied in a wider type'
    const precisionProof = { holds: false, label, method: 'types of the ONNX file', evidence: [] }
    const engine = artifact({ kind: 'tensorrt-rtx-engine', precision: 'int8', precisionProof })
    expect(refusalOf(engine, named({ backend: 'tensorrt-rtx', precision: 'int8' }))).toEqual({
      code: 'precision-not-proved',
      stage: 'plan',
      message: `tensorrt-rtx-engine 1a2b3c4d is not proved to be INT8: it is ${label}.`,
      remedy: 'Convert the model again, or run it in a precision whose proof holds.',
      cause: null,
    })
    expect(refusalOf(engine, named({ backend: 'tensorrt-rtx' }))?.message).toBe(
      'tensorrt-rtx-engine 1a2b3c4d is INT8, not FP16.',
    )
    expect(backendRows['tensorrt-rtx'].precisions).toEqual(['tf32', 'fp16', 'bf16'])
  })

  it('refuses an artifact of another model', () => {
    expect(refusalOf(artifact({ modelId: 'detr' }))).toMatchObject({
      code: 'bad-usage',
      remedy: 'Choose the model detr, or an artifact of clip.',
    })
  })

  it('refuses batches and sizes that it was not built for', () => {
    const built = artifact({ batch: { min: 2, opt: 4, max: 4 }, size: { min: 320, opt: 640, max: 640 } })
    expect(refusalOf(built)).toMatchObject({
      code: 'batch-outside-profile',
      message: 'Batch 1, 8 is outside what onnx 1a2b3c4d was built for, 2 to 4.',
    })
    expect(refusalOf(built, named(), { batchSizes: [4] })).toMatchObject({
      code: 'input-mismatch',
      message: '224 × 224 pixels are outside what onnx 1a2b3c4d was built for, 320 to 640.',
    })
    expect(
      artifactRefusal(named(), { batchSizes: [4], inputSize: 320 }, manifest, new Map([[built.sha256, built]])),
    ).toBeNull()
  })

  it('says that there is none, or why it could not be had', () => {
    expect(artifactRefusal(named(), plan, manifest, new Map())).toMatchObject({
      code: 'unknown-artifact',
      message: 'Artifact 1a2b3c4d was not found.',
    })
    const damaged = new BenchError({ code: 'missing-artifact', stage: 'store', message: 'Torn.', remedy: 'Again.' })
    expect(refusalOf(damaged)).toEqual({ ...damaged.record, stage: 'plan' })
  })
})

it('warns of an engine that was built on another model of card, and of no other', () => {
  const card = (name: string, uuid: string | null) => ({ name, uuid, memoryBytes: null, driver: null })
  const built = (name: string, uuid: string | null) => artifact({ kind: 'tensorrt-engine', card: { name, uuid } })
  const onT4 = card('Tesla T4', 'GPU-aaaa')
  expect([
    otherCardWarning(undefined, onT4),
    otherCardWarning(artifact(), onT4),
    otherCardWarning(built('Tesla T4', 'GPU-bbbb'), onT4),
    otherCardWarning(built('Tesla T4', null), card('Tesla T4', null)),
    otherCardWarning(built('NVIDIA A100', 'GPU-bbbb'), onT4),
  ]).toEqual([
    ...[null, null, null, null],
    'tensorrt-engine 1a2b3c4d was built on NVIDIA A100, and this plan runs it on Tesla T4: it may be refused there, or be slower than one that is built there.',
  ])
})
