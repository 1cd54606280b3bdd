import { expect, test } from 'vitest'
import { libraryName } from '../../../renderer/format/artifact.ts'

test('an artifact is called by the library that made it, also where an older version named that library otherwise', () => {
  const version = '1.7.1, test builder'
  const engine = { kind: 'tensorrt-rtx-engine', opset: 20 } as const
  expect([
    libraryName({ ...engine, tools: { 'TensorRT-RTX': version } }),
    libraryName({ ...engine, tools: { 'TensorRT for RTX': version } }),
    libraryName({ kind: 'tensorrt-engine', opset: 20, tools: { tensorrt: '11.4.0.106' } }),
    libraryName({ kind: 'openvino-ir', opset: 20, tools: { OpenVINO: '2026.1.0' } }),
    libraryName({ kind: 'onnx', opset: 18, tools: {} }),
  ]).toEqual([
    'TensorRT-RTX 1.7.1, test builder',
    'TensorRT-RTX 1.7.1, test builder',
    'TensorRT 11.4.0.106',
    'OpenVINO 2026.1.0',
    'ONNX opset 18',
  ])
})
