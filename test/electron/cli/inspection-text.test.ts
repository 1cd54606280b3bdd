import { expect, test } from 'vitest'
import { alignmentText, inspectionText } from '../../../electron/cli/inspection-text.ts'
import { fusedEngine, splitEngine, untimedEngine } from '../../fakes/inspected-file.ts'

const pipe = { resultIsTerminal: false }

test('an engine is printed with its tensors, profiles, and layers with their time', () => {
  expect(inspectionText(fusedEngine, pipe)).toBe(
    `tensorrt-engine aaaaaaaa of clip, FP16: 3 layers, of which 1 reformat of 0.100 ms, at pixels 8x3x224x224, read by tensorrt 11.4.0.106

Times: run run-1, TensorRT's profiler

Tensor  Mode   Type  Shape        Format                                  Location
pixels  input  fp32  ?x3x224x224  Row-major linear FP32 format (kLINEAR)  device

Profile 0: pixels min 1x3x224x224, opt 8x3x224x224, max 16x3x224x224

#  Layer                                     Kind             Type  ONNX nodes                ms   Share
0  Reformatting CopyNode for Input Tensor 0  Reformat         fp16  –                      0.100  10.0 %
1  /conv/Conv + /conv/Relu                   CaskConvolution  fp16  /conv/Conv and 1 more  0.300  30.0 %
2  /head/MatMul                              gemm             fp16  /head/MatMul           0.600  60.0 %`,
  )
})

test('two engines are printed side by side, and what was not timed is named', () => {
  const text = alignmentText(fusedEngine, splitEngine, pipe)
  expect(text).toContain('/conv/Conv and 1 more  CaskConvolution, fp16  2 layers, fp32')
  expect(text).toMatch(/\/head\/MatMul +gemm, fp16 +gemm, not told +0\.600 +0\.500 +1\.20 ×/)
  expect(text).toMatch(/reformats +Reformat, fp16 +– +0\.100 +– +–/)
  expect(text).toContain('compare shares, not latencies')
  expect(alignmentText(untimedEngine, splitEngine, pipe)).toContain('Not timed: model.engine.')
})

test('layers of the graph instead of the engine are said to be that', () => {
  const instead = 'The test builder made this engine. Shown are the nodes of the ONNX file that it was built from.'
  expect(inspectionText({ ...untimedEngine, instead }, pipe)).toContain(instead)
})
