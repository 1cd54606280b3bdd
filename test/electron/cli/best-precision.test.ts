import { expect, test } from 'vitest'
import { bestArtifact, precisionsToTry } from '../../../electron/cli/best-precision.ts'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

type Context = Parameters<typeof bestArtifact>[0]

const tolerance = { cosinePass: 0.99, cosineWarn: 0.9, maxAbsPass: null }
const manifest = exampleManifest({
  parityTolerance: { fp32: tolerance, tf32: tolerance, fp16: tolerance, int8: tolerance, fp8: tolerance },
})

/** The plan that would be measured; the run measures nothing. */
function contextOf(to: 'onnx' | 'tensorrt' | 'tensorrt-rtx', id: BackendId, precisions: readonly Precision[]) {
  const plans: Plan[] = []
  const services = {
    backends: { list: async () => [{ id, available: true, precisions }] },
    machine: async () => ({ physicalCores: 2 }),
    runs: {
      start: async (plan: Plan) => {
        plans.push(plan)
        const record = { groups: [], error: null, state: 'completed' }
        return { runId: 'run', finished: Promise.resolve(record), cancel: () => {} }
      },
    },
  }
  const values = { to, model: 'tiny', weights: { kind: 'auto' }, seed: 1, progress: 'none' }
  const terminal = { note: () => {}, result: () => {} }
  const context = { services, values, terminal, signal: new AbortController().signal } as unknown as Context
  return { context, plans }
}

function artifactOf(kind: Artifact['kind']): Artifact {
  const parity = { verdict: 'pass', reason: '', byBatchSize: [] }
  return { kind, precision: 'fp16', sha256: 'a'.repeat(64), tools: {}, batch: null, parity } as unknown as Artifact
}

test.each([
  ['tensorrt-rtx', 'tensorrt-rtx', ['tf32', 'fp16', 'bf16'], ['tf32', 'fp16']],
  ['tensorrt', 'tensorrt', ['fp32', 'tf32', 'fp16', 'int8', 'fp8'], ['fp32', 'tf32', 'fp16', 'int8', 'fp8']],
  ['onnx', 'onnxruntime', ['fp32', 'tf32', 'fp16', 'int8'], ['fp32', 'fp16', 'int8']],
] as const)('for %s only precisions of the target are tried, widest first', async (to, id, here, tried) => {
  expect(await precisionsToTry(contextOf(to, id, here).context, manifest)).toEqual(tried)
})

test.each([
  ['tensorrt', 'tensorrt', 'tensorrt-engine', 'cuda'],
  ['onnx', 'onnxruntime', 'onnx', 'cpu'],
] as const)('artifacts for %s are measured on the device that runs them', async (to, id, kind, device) => {
  const { context, plans } = contextOf(to, id, ['fp16'])
  await expect(bestArtifact(context, [artifactOf(kind)])).rejects.toMatchObject({
    record: { message: 'There is no best precision: nothing was measured' },
  })
  expect(plans).toEqual([expect.objectContaining({ device, candidates: [expect.objectContaining({ backend: id })] })])
})
