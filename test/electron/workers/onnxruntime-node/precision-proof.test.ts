import type { onnx } from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { provePrecision } from '../../../../electron/workers/onnxruntime-node/precision-proof.ts'
import vectors from '../../../contract/vectors/int8-label.json' with { type: 'json' }
import { imageType } from '../../../fakes/onnx-model.ts'

const int8Vectors = vectors.cases
const types = { float32: 1, float16: 10, int8: 3 } as const

function graphOf(nodes: readonly onnx.INodeProto[], weights: keyof typeof types = 'float32'): onnx.IGraphProto {
  return {
    input: [{ name: 'pixels', type: imageType(['batch', 3, 8, 8]) }],
    initializer: [{ name: 'w', dims: [8, 8], dataType: types[weights] }],
    node: [...nodes],
  }
}

const conv = { opType: 'Conv', input: ['pixels', 'w'], output: ['y'] }
const matmul = { opType: 'MatMul', input: ['y', 'w'], output: ['z'] }
const quantize = { opType: 'QuantizeLinear', input: ['pixels', 'w'], output: ['q'] }
const quantizedConv = { opType: 'QLinearConv', input: ['q', 'w'], output: ['y'] }

describe('the proof of a precision', () => {
  it('finds matrix operators inside branches, which see the types around them', () => {
    const branch = {
      opType: 'If',
      input: ['c'],
      output: ['z'],
      attribute: [{ name: 'then_branch', g: { node: [conv] } }],
    }
    expect(provePrecision('fp32', graphOf([branch]), graphOf([branch]), []).holds).toBe(true)
  })

  it('holds for fp32 when weights and matrix operators are float32', () => {
    expect(provePrecision('fp32', graphOf([conv, matmul]), graphOf([conv, matmul]), ['spinning off'])).toEqual({
      holds: true,
      label: 'fp32',
      method: 'optimized graph',
      evidence: ['weights stored as fp32', 'Conv: 1 float32', 'MatMul: 1 float32', 'spinning off'],
    })
  })

  it('does not hold for an fp16 file that computes in float32', () => {
    const proof = provePrecision('fp16', graphOf([conv], 'float16'), graphOf([conv]), [])
    expect(proof).toMatchObject({ holds: false, label: 'fp16 stored, fp32 computed' })
  })

  it('follows casts: half weights cast up compute in float32', () => {
    const cast = { opType: 'Cast', input: ['w'], output: ['up'], attribute: [{ name: 'to', i: 1 }] }
    const optimized = graphOf([cast, { ...conv, input: ['pixels', 'up'] }], 'float16')
    expect(provePrecision('fp16', graphOf([conv], 'float16'), optimized, []).label).toBe('fp16 stored, fp32 computed')
  })

  it('holds for fp16 where the operators take halves', () => {
    expect(provePrecision('fp16', graphOf([conv], 'float16'), graphOf([conv], 'float16'), []).holds).toBe(true)
  })

  it('holds for int8 when the pairs were fused, and counts them', () => {
    const stored = graphOf([quantize, conv])
    expect(provePrecision('int8', stored, graphOf([quantize, quantizedConv], 'int8'), [])).toEqual({
      holds: true,
      label: 'int8',
      method: 'optimized graph',
      evidence: ['weights stored as int8', 'QLinearConv: 1 int8', 'every Q/DQ pair around a matrix operator was fused'],
    })
  })

  it('counts quantized attention as INT8, as the Python worker does', () => {
    const attention = graphOf([{ opType: 'QAttention', input: ['q', 'w'], output: ['y'] }], 'int8')
    expect(provePrecision('int8', graphOf([quantize, conv]), attention, [])).toMatchObject({
      holds: true,
      label: 'int8',
    })
  })

  it('does not hold for int8 when nothing was fused', () => {
    expect(provePrecision('int8', graphOf([quantize, conv]), graphOf([quantize, conv]), [])).toMatchObject({
      holds: false,
      label: 'int8 stored, fp32 computed',
      evidence: expect.arrayContaining(['Q/DQ pairs were not fused: nothing computes in int8']),
    })
  })

  it.each(int8Vectors)(
    'for int8 takes as many operators as in the Python worker: $integerOperators in INT8, $floatOperators in FP32',
    ({ integerOperators, floatOperators, holds, label }) => {
      const optimized = graphOf([
        quantize,
        ...Array.from({ length: integerOperators }, () => quantizedConv),
        ...Array.from({ length: floatOperators }, () => conv),
      ])
      expect(provePrecision('int8', graphOf([quantize, conv]), optimized, [])).toMatchObject({ holds, label })
    },
  )

  it('does not hold for fp32 when the file is quantized', () => {
    expect(provePrecision('fp32', graphOf([quantize, conv]), graphOf([quantize, conv]), []).holds).toBe(false)
  })
})
