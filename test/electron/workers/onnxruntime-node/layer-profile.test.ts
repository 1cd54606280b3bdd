import { expect, test } from 'vitest'
import { layersOf, type Trace } from '../../../../electron/workers/onnxruntime-node/layer-profile.ts'

/** One query of a warm-up of three, then two that count. */
const kernel = (name: string, operator: string, durations: readonly number[]): Trace =>
  durations.map((dur) => ({ cat: 'Node', name: `${name}_kernel_time`, dur, args: { op_name: operator } }))

test('the layers of a trace are those of one query, costliest first, without the warm-up', () => {
  const trace: Trace = [
    { cat: 'Session', name: 'model_run', dur: 900, args: {} },
    ...kernel('/fc', 'Gemm', [900, 50, 50, 40, 60]),
    ...kernel('/conv', 'Conv', [900, 100, 100, 100, 300]),
    { cat: 'Node', name: '/conv_fence_before', dur: 7, args: { op_name: 'Conv' } },
  ]
  expect(layersOf(trace, 2)).toEqual({
    method: 'ONNX Runtime’s profiler: the kernel of each node, in whole microseconds',
    layers: [
      { name: '/conv', operator: 'Conv', timeMs: 0.2 },
      { name: '/fc', operator: 'Gemm', timeMs: 0.05 },
    ],
    otherLayers: 0,
    otherMs: 0,
  })
})

test('a node that runs several times in a query counts with the sum', () => {
  const twice = kernel('/loop', 'Add', [9, 9, 9, 9, 9, 9, 10, 20, 30, 40])
  expect(layersOf(twice, 2).layers).toEqual([{ name: '/loop', operator: 'Add', timeMs: 0.05 }])
})

test('beyond the costliest two hundred the rest is one sum, and a trace without nodes is refused', () => {
  const many = Array.from({ length: 203 }, (_, index) => kernel(`/n${index}`, 'Add', [1, 1, 1, 1000 - index])).flat()
  const { layers, otherLayers, otherMs } = layersOf(many, 1)
  expect([layers.length, otherLayers]).toEqual([200, 3])
  expect(otherMs).toBeCloseTo(0.8 + 0.799 + 0.798)
  expect(() => layersOf([], 1)).toThrow(/no layer/)
})
