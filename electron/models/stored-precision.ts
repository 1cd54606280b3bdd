// The type in which a model file stores its weights, by the number of elements of each type. Says nothing about the
// precision of computing.
import type { onnx } from 'onnx-proto'
import type { Precision } from '../../shared/domain/precision.ts'

const quantizing = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'MatMulInteger',
  'ConvInteger',
  'QLinearConv',
  'QLinearMatMul',
])

export function storedPrecision(graph: onnx.IGraphProto): Precision {
  const elements = new Map<string, number>()
  for (const tensor of constants(graph)) {
    const count = (tensor.dims ?? []).reduce<number>((product, size) => product * Number(size), 1)
    const type = elementTypeName(tensor.dataType)
    elements.set(type, (elements.get(type) ?? 0) + count)
  }
  if ((graph.node ?? []).some((node) => quantizing.has(node.opType ?? ''))) return roundedTo(elements)
  const most = ['float32', 'float16', 'bfloat16'].sort((a, b) => (elements.get(b) ?? 0) - (elements.get(a) ?? 0))[0]
  if (most === 'float16') return 'fp16'
  return most === 'bfloat16' ? 'bf16' : 'fp32'
}

/** FP8 and INT4 are also read by Q and DQ. A file that stores neither was quantized to 8-bit integers. */
function roundedTo(elements: ReadonlyMap<string, number>): Precision {
  if (elements.has('float8e4m3fn')) return 'fp8'
  return elements.has('int4') ? 'int4-weights' : 'int8'
}

function constants(graph: onnx.IGraphProto): onnx.ITensorProto[] {
  const inNodes = (graph.node ?? [])
    .filter((node) => node.opType === 'Constant')
    .flatMap((node) => node.attribute ?? [])
    .flatMap(({ t }) => (t ? [t] : []))
  return [...(graph.initializer ?? []), ...inNodes]
}

// Names of ONNX's element types by their number in the file; the same names are used everywhere in the app.
const names: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
  24: 'float8e8m0',
  25: 'uint2',
  26: 'int2',
}

export function elementTypeName(elementType: number | null | undefined): string {
  return names[elementType ?? 0] ?? 'unknown'
}

const bits: Readonly<Record<number, number>> = {
  ...{ 1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16 },
  ...{ 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2 },
}

/** Bytes of so many elements, packed; null for text and for types that are newer than this list. */
export function storedBytes(elementType: number | null | undefined, elements: number): number | null {
  const size = bits[elementType ?? 0]
  return size === undefined ? null : Math.ceil((elements * size) / 8)
}
