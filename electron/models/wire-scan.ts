// Walks the raw bytes of an ONNX file before anything is decoded, so that a crafted one cannot make the decoder
// recurse or allocate without end. Knows only which fields of which messages hold further messages. Iterative.
// Throws `bad-model-file` where the bytes are no protobuf, `unsafe-model-file` where a cap is passed.
import { badModelFile, unsafeModelFile } from './model-refusal.ts'

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

/** Values as lists cost many times their bytes once decoded; weights of any size come as raw bytes. */
const listedDataFields = new Set([4, 5, 7, 10, 11])

export const scanLimits = { depth: 32, messages: 1_000_000, fields: 20_000_000, listedBytes: 256 * 1024 * 1024 }

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
