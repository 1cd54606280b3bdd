// What a decoded ONNX model may contain: no code (plugins, compiled contexts, unknown operator domains), no sizes that
// overflow, and external data only by plain names. Also checks nested graphs and local functions. Reads no file and
// runs nothing. Throws `unsafe-model-file` or `bad-model-file`.

import type { onnx } from 'onnx-proto'
import { type ExternalExtent, externalExtent } from './external-data.ts'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'

const knownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'])

/** Operators that hold compiled code, in any domain. */
const compiledOperators: ReadonlySet<string> = new Set(['EPContext', 'TRT_PluginV2', 'TRTEngineOp', 'ATen', 'PythonOp'])

const maximumElements = 2 ** 40
const externalLocation = 1

/** @returns every piece of external data that the model refers to. */
export function checkModel(model: onnx.IModelProto): readonly ExternalExtent[] {
  const localFunctions = new Set((model.functions ?? []).map(({ domain, name }) => `${domain ?? ''}:${name ?? ''}`))
  const extents: ExternalExtent[] = []

  function checkTensor(tensor: onnx.ITensorProto | null | undefined): void {
    if (!tensor) return
    let elements = 1
    for (const size of tensor.dims ?? []) {
      const count = Number(size)
      if (count < 0) throw unsafeModelFile('a tensor has a negative size')
      elements *= count
    }
    if (elements > maximumElements) throw unsafeModelFile('a tensor has more elements than any memory')
    if (tensor.dataLocation === externalLocation || (tensor.externalData ?? []).length > 0) {
      extents.push(externalExtent(tensor.externalData ?? []))
    }
  }

  function checkNodes(nodes: readonly onnx.INodeProto[]): void {
    for (const node of nodes) {
      checkOperator(node.domain ?? '', node.opType ?? '')
      for (const attribute of node.attribute ?? []) {
        checkTensor(attribute.t)
        for (const tensor of attribute.tensors ?? []) checkTensor(tensor)
        for (const sparse of [attribute.sparseTensor, ...(attribute.sparseTensors ?? [])]) checkSparse(sparse)
        for (const graph of [attribute.g, ...(attribute.graphs ?? [])]) if (graph) checkGraph(graph)
      }
    }
  }

  function checkSparse(sparse: onnx.ISparseTensorProto | null | undefined): void {
    checkTensor(sparse?.values)
    checkTensor(sparse?.indices)
  }

  function checkGraph(graph: onnx.IGraphProto): void {
    for (const tensor of graph.initializer ?? []) checkTensor(tensor)
    for (const sparse of graph.sparseInitializer ?? []) checkSparse(sparse)
    checkNodes(graph.node ?? [])
  }

  function checkOperator(domain: string, operator: string): void {
    if (compiledOperators.has(operator)) throw unsafeModelFile(`it holds compiled code (${operator})`)
    if (knownDomains.has(domain) || localFunctions.has(`${domain}:${operator}`)) return
    throw unsafeModelFile(`it needs operators of "${domain.slice(0, 80)}", which would have to be loaded as code`)
  }

  if (!model.graph || (model.graph.node ?? []).length === 0) throw badModelFile('it holds no graph')
  checkGraph(model.graph)
  for (const { node } of model.functions ?? []) checkNodes(node ?? [])
  return extents
}

// Walks the raw bytes of an ONNX file before anything is decoded, so that a crafted file cannot make the decoder
// recurse or allocate without limit. Knows only which fields of which messages contain further messages. Iterative.
// Throws `bad-model-file` if the bytes are not protobuf, `unsafe-model-file` if a limit is exceeded.
type MessageName = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse' | 'function'

const nestedMessages: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
}

/** Values stored as lists take many times their bytes once decoded; weights of any size come as raw bytes. */
const listedDataFields = new Set([4, 5, 7, 10, 11])

const scanLimits = { depth: 32, messages: 1_000_000, fields: 20_000_000, listedBytes: 256 * 1024 * 1024 }

interface Frame {
  readonly kind: MessageName
  readonly end: number
}

export function scanModelBytes(bytes: Uint8Array): void {
  const frames: Frame[] = [{ kind: 'model', end: bytes.length }]
  let position = 0
  let messages = 0
  let fields = 0
  let listedBytes = 0

  function varint(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[position++]
      if (byte === undefined) throw badModelFile('it ends in the middle of a field')
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw badModelFile('it is not an ONNX model')
  }

  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    if (position >= frame.end) {
      if (position > frame.end) throw badModelFile('a field reaches beyond the end of its message')
      frames.pop()
      continue
    }
    if (++fields > scanLimits.fields) throw unsafeModelFile('it has too many fields')
    const key = varint()
    const field = Math.floor(key / 8)
    const wireType = key % 8
    if (wireType === 0) varint()
    else if (wireType === 1) position += 8
    else if (wireType === 5) position += 4
    else if (wireType === 2) {
      const length = varint()
      const end = position + length
      if (end > frame.end) throw badModelFile('it is cut short: a field reaches beyond the end')
      const child = nestedMessages[frame.kind][field]
      if (child) {
        if (++messages > scanLimits.messages) throw unsafeModelFile('it has too many nodes and tensors')
        if (frames.length >= scanLimits.depth) throw unsafeModelFile('its graphs are nested too deeply')
        frames.push({ kind: child, end })
      } else {
        if (frame.kind === 'tensor' && listedDataFields.has(field)) listedBytes += length
        if (listedBytes > scanLimits.listedBytes)
          throw unsafeModelFile('its weights are stored as lists, not as raw bytes')
        position = end
      }
    } else throw badModelFile('it is not an ONNX model')
  }
}
