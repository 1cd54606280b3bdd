import { expect, test } from 'vitest'
import { joiningCandidates } from '../../../shared/planning/joining-candidates.ts'

const sha256 = 'a'.repeat(64)

test('TensorRT joins a plan without and with a CUDA graph, with its artifact', () => {
  const engine = { backend: 'tensorrt', precision: 'fp16', artifact: sha256 } as const
  expect(joiningCandidates(engine)).toEqual([
    { ...engine, options: {} },
    { ...engine, options: { tuned: true } },
  ])
})

test('any other backend joins as shipped, and either may be chosen', () => {
  const eager = { backend: 'torch-eager', precision: 'fp32' } as const
  expect(joiningCandidates(eager)).toEqual([{ ...eager, options: {} }])
  expect(joiningCandidates(eager, true)).toEqual([
    { ...eager, options: {} },
    { ...eager, options: { tuned: true } },
  ])
  expect(joiningCandidates({ backend: 'tensorrt', precision: 'fp16' }, false)).toHaveLength(1)
})
