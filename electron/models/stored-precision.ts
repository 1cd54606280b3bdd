// What a model file stores its weights as, by the number of elements of each type. Says nothing of what is computed.
import type { onnx } from 'onnx-proto'
import type { Precision } from '../../shared/domain/precision.ts'
import { elementTypeName } from './element-type.ts'

const quantizing = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'MatMulInteger',
  'ConvInteger',
  'QLinearConv',
  'QLinearMatMul',
])

export function storedPrecision(graph: onnx.IGraphProto): Precision {
  if ((graph.node ?? []).some((node) => quantizing.has(node.opType ?? ''))) return 'int8'
  const elements = new Map<string, number>()
  for (const tensor of constants(graph)) {
    const count = (tensor.dims ?? []).reduce<number>((product, size) => product * Number(size), 1)
    const type = elementTypeName(tensor.dataType)
    elements.set(type, (elements.get(type) ?? 0) + count)
  }
  const most = ['float32', 'float16', 'bfloat16'].sort((a, b) => (elements.get(b) ?? 0) - (elements.get(a) ?? 0))[0]
  if (most === 'float16') return 'fp16'
  return most === 'bfloat16' ? 'bf16' : 'fp32'
}

function constants(graph: onnx.IGraphProto): onnx.ITensorProto[] {
  const inNodes = (graph.node ?? [])
    .filter((node) => node.opType === 'Constant')
    .flatMap((node) => node.attribute ?? [])
    .flatMap(({ t }) => (t ? [t] : []))
  return [...(graph.initializer ?? []), ...inNodes]
}
