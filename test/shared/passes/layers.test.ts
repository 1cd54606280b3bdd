import { expect, test } from 'vitest'
import { type MeasuredLayers, operatorRows, profiledMs } from '../../../shared/passes/layers.ts'

const first: MeasuredLayers = {
  method: 'the profiler of the first',
  queries: 20,
  layers: [
    { name: 'a', operator: 'Conv', timeMs: 3 },
    { name: 'b', operator: 'MatMul', timeMs: 2 },
    { name: 'c', operator: 'Conv', timeMs: 1 },
  ],
  otherLayers: 7,
  otherMs: 0.5,
}
const second: MeasuredLayers = {
  method: 'the profiler of the second',
  queries: 20,
  layers: [{ name: 'fused', operator: 'MatMul', timeMs: 5 }],
  otherLayers: 0,
  otherMs: 0,
}

test('kinds of operator are summed, costliest in either first, and one that an engine lacks is unknown there', () => {
  expect(operatorRows(first, second)).toEqual([
    { operator: 'MatMul', firstMs: 2, secondMs: 5 },
    { operator: 'Conv', firstMs: 4, secondMs: null },
    { operator: 'cheaper layers, summed', firstMs: 0.5, secondMs: null },
  ])
})

test('the whole of a profile holds what was summed away', () => {
  expect([profiledMs(first), profiledMs(second)]).toEqual([6.5, 5])
})
