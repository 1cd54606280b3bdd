// Which numeric type each matrix operator of an ONNX graph computes in, by following types from the inputs and the
// initializers. Enough for proof of a precision, not a full inference: where a type cannot be told it says `unknown`.
import type { onnx } from 'onnx-proto'
import { elementTypeName } from '../../models/element-type.ts'

/** Where the work is: everything else in a network is small beside these. */
const matrixOperators = new Set([
  'Conv',
  'ConvTranspose',
  'FusedConv',
  'MatMul',
  'FusedMatMul',
  'Gemm',
  'FusedGemm',
  'Attention',
  'MultiHeadAttention',
  'LSTM',
  'GRU',
])

const quantizedOperators = new Set([
  'QLinearConv',
  'QLinearMatMul',
  'MatMulInteger',
  'ConvInteger',
  'DynamicQuantizeMatMul',
  'MatMulIntegerToFloat',
  'QGemm',
  'QAttention',
])

export interface MatrixOperators {
  /** `MatMul` -> numeric type -> count. */
  readonly floating: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** `QLinearConv` -> count. */
  readonly quantized: ReadonlyMap<string, number>
}

export function matrixOperatorsOf(graph: onnx.IGraphProto): MatrixOperators {
  const types = new Map<string, string>()
  for (const input of graph.input ?? []) types.set(input.name ?? '', elementTypeName(input.type?.tensorType?.elemType))
  for (const tensor of graph.initializer ?? []) types.set(tensor.name ?? '', elementTypeName(tensor.dataType))
  const floating = new Map<string, Map<string, number>>()
  const quantized = new Map<string, number>()
  for (const node of graph.node ?? []) {
    const operator = node.opType ?? ''
    const type = inputType(node, types)
    if (matrixOperators.has(operator)) count(nested(floating, operator), type)
    if (quantizedOperators.has(operator)) count(quantized, operator)
    for (const output of node.output ?? []) types.set(output, outputType(node, type))
  }
  return { floating, quantized }
}

/** The narrowest floating type among its inputs: a Conv with half weights computes in half. */
function inputType(node: onnx.INodeProto, types: ReadonlyMap<string, string>): string {
  const known = (node.input ?? []).map((name) => types.get(name) ?? 'unknown')
  return (
    ['float16', 'bfloat16'].find((type) => known.includes(type)) ??
    known.find((type) => type !== 'unknown') ??
    'unknown'
  )
}

function outputType(node: onnx.INodeProto, type: string): string {
  switch (node.opType) {
    case 'Cast':
      return elementTypeName(Number(node.attribute?.find(({ name }) => name === 'to')?.i ?? 0))
    case 'Constant':
      return elementTypeName(node.attribute?.find(({ name }) => name === 'value')?.t?.dataType)
    case 'DequantizeLinear':
    case 'DynamicQuantizeMatMul':
    case 'MatMulIntegerToFloat':
      return 'float32'
    case 'QuantizeLinear':
    case 'QLinearConv':
    case 'QLinearMatMul':
      return 'int8'
    case 'MatMulInteger':
    case 'ConvInteger':
      return 'int32'
    case 'Shape':
    case 'Size':
    case 'ArgMax':
    case 'NonZero':
      return 'int64'
    default:
      return type
  }
}

function nested(map: Map<string, Map<string, number>>, key: string): Map<string, number> {
  const found = map.get(key) ?? new Map<string, number>()
  map.set(key, found)
  return found
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}
