import { expect, test } from 'vitest'
import { firstLaunches, measuredLaunches } from '../../../shared/statistics/measured-launches.ts'
import { exampleBlock } from '../../fakes/example-record.ts'

const blocks = (latencyMs: number, launches: readonly number[]) =>
  launches.map((launch) => exampleBlock({ launch, round: 0, leadSamples: 0, latenciesMs: [latencyMs] }))
const baseline = { caseKey: 'torch', blocks: blocks(20, [0, 1, 2, 3]) }
const candidate = { caseKey: 'onnx', blocks: blocks(10, [0, 2, 3]) }
const records = [
  ['onnx', 'torch'],
  ['torch', 'onnx'],
  ['openvino', 'onnx', 'torch'],
  ['torch', 'onnx'],
].map((order) => ({
  order,
}))
const ratio = [Math.log(2)]

test('launches of both cases know whose worker was started first, by the record of their launch', () => {
  expect(measuredLaunches(baseline, candidate, records)).toEqual({
    launches: [ratio, ratio, ratio],
    starts: [1, 0, -1],
  })
})

test('a protocol that does not use the order of starting is given none', () => {
  expect(measuredLaunches(baseline, candidate, null)).toEqual({ launches: [ratio, ratio, ratio] })
})

test('the first launches keep their order of starting', () => {
  expect(firstLaunches(measuredLaunches(baseline, candidate, records), 2)).toEqual({
    launches: [ratio, ratio],
    starts: [1, 0],
  })
})
