import { expect, it } from 'vitest'
import {
  lackingOperator,
  loadFailure,
  queryFailure,
} from '../../../../electron/workers/onnxruntime-node/session-settings.ts'

it.each([
  [
    "NOT_IMPLEMENTED : Could not find an implementation for Swish(24) node with name '/block/act'",
    'Swish (opset 24) "/block/act"',
  ],
  ["Failed to find kernel for Swish(24) (node:'' ep:'CPUExecutionProvider')", 'Swish (opset 24)'],
  ['failed:Fatal error: my.own:Sharpen(-1) is not a registered function/op', 'my.own:Sharpen'],
  ['Protobuf parsing failed.', null],
])('names the operator that ONNX Runtime lacks: %s', (words, operator) => {
  expect(lackingOperator(words)).toBe(operator)
  expect(loadFailure(new Error(words)).record.code).toBe(operator === null ? 'bad-model-file' : 'unsupported-operator')
})

it('names the node that failed while it ran', () => {
  const words = "Non-zero status code returned while running Reshape node. Name:'flat' Status Message: …"
  expect(queryFailure(new Error(words), 'measure').record.message).toBe(
    'ONNX Runtime failed at Reshape "flat" while it ran the model.',
  )
})
