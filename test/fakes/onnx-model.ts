// Small ONNX models made in memory: one that is right, and parts to make it wrong with.
// The default import, since Playwright leaves CommonJS to Node, which sees no names in this package.
import proto, { type onnx } from 'onnx-proto'

const float32 = proto.onnx.TensorProto.DataType.FLOAT

export function floatTensor(name: string, dims: readonly number[], values: readonly number[]): onnx.ITensorProto {
  return { name, dataType: float32, dims: [...dims], rawData: new Uint8Array(Float32Array.from(values).buffer) }
}

export function externalTensor(name: string, dims: readonly number[], location: string, extra: object = {}) {
  const entries = Object.entries({ location, ...extra }).map(([key, value]) => ({ key, value: String(value) }))
  return {
    name,
    dataType: float32,
    dims: [...dims],
    dataLocation: 1,
    externalData: entries,
  } satisfies onnx.ITensorProto
}

export function imageType(dims: readonly (number | string)[], elementType: number = float32): onnx.ITypeProto {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { tensorType: { elemType: elementType, shape: { dim } } }
}

/** pixels [batch, 1, 2, 2] -> flattened -> times a matrix -> logits [batch, 3]. */
export function tinyGraph(changes: onnx.IGraphProto = {}): onnx.IGraphProto {
  return {
    name: 'tiny',
    node: [
      { opType: 'Flatten', input: ['pixels'], output: ['flat'], name: 'flatten' },
      { opType: 'MatMul', input: ['flat', 'weights'], output: ['logits'], name: 'classify' },
    ],
    input: [{ name: 'pixels', type: imageType(['batch', 1, 2, 2]) }],
    output: [{ name: 'logits', type: imageType(['batch', 3]) }],
    initializer: [floatTensor('weights', [4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])],
    ...changes,
  }
}

export function modelBytes(graph: onnx.IGraphProto = tinyGraph(), changes: onnx.IModelProto = {}): Uint8Array {
  return proto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph,
    ...changes,
  }).finish()
}

export function graphBytes(graph: onnx.IGraphProto): Uint8Array {
  return proto.onnx.GraphProto.encode(graph).finish()
}

export function functionBytes(body: onnx.IFunctionProto): Uint8Array {
  return proto.onnx.FunctionProto.encode(body).finish()
}

export function attributeBytes(attribute: onnx.IAttributeProto): Uint8Array {
  return proto.onnx.AttributeProto.encode(attribute).finish()
}

/** A field that holds a message, for what the encoder does not know or would not write. */
export function messageField(field: number, message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from([...varint(field * 8 + 2), ...varint(message.length)]), message])
}

/** A graph in an attribute of a node of a graph, `depth` times over; written from the inside out. */
export function nestedModelBytes(depth: number): Uint8Array {
  const bytes = Buffer.alloc(depth * 20)
  let start = bytes.length
  const wrap = (key: number) => {
    const length = varint(bytes.length - start)
    start -= length.length + 1
    bytes.set([key, ...length], start)
  }
  for (let level = 1; level < depth; level++) {
    wrap(0x32)
    wrap(0x2a)
    wrap(0x0a)
  }
  wrap(0x3a)
  return bytes.subarray(start)
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return [...bytes, rest]
}
