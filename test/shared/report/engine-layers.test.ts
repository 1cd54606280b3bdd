import { expect, test } from 'vitest'
import { alignedRows, layerRows, reformatCost } from '../../../shared/report/engine-layers.ts'
import { exampleLayer, fusedEngine, splitEngine, untimedEngine } from '../../fakes/inspected-file.ts'

test('a layer has its time and its share of the time of all layers', () => {
  expect(layerRows(fusedEngine).map(({ index, timeMs, share }) => [index, timeMs, share])).toEqual([
    [0, 0.1, 0.1],
    [1, 0.3, 0.3],
    [2, 0.6, 0.6],
  ])
  expect(layerRows(untimedEngine).map(({ timeMs, share }) => [timeMs, share])).toEqual(Array(3).fill([null, null]))
})

test('the time of a name that repeats counts once', () => {
  const { inspection } = fusedEngine
  const layers = [...inspection.layers, exampleLayer({ name: '/head/MatMul' })]
  const rows = layerRows({ ...fusedEngine, inspection: { ...inspection, layers } })
  expect(rows.map(({ timeMs }) => timeMs)).toEqual([0.1, 0.3, 0.6, null])
})

test('two engines are aligned by the nodes that their layers compute, however each was fused', () => {
  const rows = alignedRows(fusedEngine, splitEngine)
  expect(
    rows.map(({ kind, nodes, first, second, firstMs, secondMs }) => ({
      ...{ kind, nodes, firstMs, secondMs },
      first: first.map(({ layer }) => layer.name),
      second: second.map(({ layer }) => layer.name),
    })),
  ).toEqual([
    {
      kind: 'layers',
      nodes: ['/conv/Conv', '/conv/Relu'],
      firstMs: 0.3,
      secondMs: 0.9 + 0.3,
      first: ['/conv/Conv + /conv/Relu'],
      second: ['/conv/Conv', '/conv/Relu'],
    },
    {
      kind: 'layers',
      nodes: ['/head/MatMul'],
      firstMs: 0.6,
      secondMs: 0.5,
      first: ['/head/MatMul'],
      second: ['/head/MatMul'],
    },
    { kind: 'no node', nodes: [], firstMs: null, secondMs: 0.01, first: [], second: ['shape call'] },
    {
      kind: 'reformats',
      nodes: [],
      firstMs: 0.1,
      secondMs: null,
      first: ['Reformatting CopyNode for Input Tensor 0'],
      second: [],
    },
  ])
  expect(rows.map(({ speedup }) => speedup)).toEqual([0.3 / (0.9 + 0.3), 0.6 / 0.5, null, null])
})

test('an engine without times has rows without a ratio, never zeros', () => {
  expect(alignedRows(untimedEngine, splitEngine).map(({ firstMs, speedup }) => [firstMs, speedup])).toEqual(
    Array(4).fill([null, null]),
  )
})

test('layers that share nodes only through a third are one row', () => {
  const layers = [
    exampleLayer({ name: 'one', onnxNodes: ['a', 'b'] }),
    exampleLayer({ name: 'two', onnxNodes: ['c', 'd'] }),
  ]
  const bridge = [exampleLayer({ name: 'bridge', onnxNodes: ['b', 'c'] })]
  const first = { ...untimedEngine, inspection: { ...untimedEngine.inspection, layers } }
  const second = { ...untimedEngine, inspection: { ...untimedEngine.inspection, layers: bridge } }
  expect(alignedRows(first, second).map(({ nodes }) => nodes)).toEqual([['a', 'b', 'c', 'd']])
})

test('reformats are counted with their cost', () => {
  expect([reformatCost(fusedEngine), reformatCost(untimedEngine), reformatCost(splitEngine)]).toEqual([
    { count: 1, ms: 0.1 },
    { count: 1, ms: null },
    null,
  ])
})
