// Walks the raw bytes of an ONNX file before anything is decoded, so that a crafted file cannot make the decoder recurse
// or allocate without limit, and means the same to every reader. Iterative. Throws `bad-model-file` if the bytes are not
// protobuf or can be read in two ways, `unsafe-model-file` if a limit is exceeded.
import { onnx } from 'onnx-proto'
import { sizeLimits } from '../../shared/worker-protocol/limits.ts'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'
import {
  fieldsOfMessage,
  isLaidOutAs,
  isMessage,
  type MessageKind,
  type MessageName,
  messageOf,
} from './onnx-fields.ts'

/** Of a local function; the decoder leaves them out. */
const defaultAttributesField = 11

/** Values stored as lists take many times their bytes once decoded; weights of any size come as raw bytes. */
const listedDataFields = new Set([4, 5, 7, 10, 11])

/** Readers cut a longer one short, each in its own way. */
const largestKey = 2 ** 32 - 1

interface Frame {
  readonly message: MessageName
  readonly end: number
  /** One bit for each field seen that may come only once: readers differ on whether a second one replaces or adds. */
  seen: number
}

/** @returns the default attributes of local functions, decoded once the walk has found the limits kept. */
export function scanModelBytes(bytes: Uint8Array): readonly onnx.IAttributeProto[] {
  const frames: Frame[] = [{ message: 'ModelProto', end: bytes.length, seen: 0 }]
  const attributes: Uint8Array[] = []
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

  function enter(frame: Frame, field: number, kind: MessageKind, end: number): void {
    if (++messages > sizeLimits.messages.most) throw unsafeModelFile('it has too many nodes and tensors')
    if (frames.length >= sizeLimits.graphDepth.most) throw unsafeModelFile('its graphs are nested too deeply')
    const message = messageOf(kind)
    if (message === kind) {
      const bit = 1 << field
      if ((frame.seen & bit) !== 0) throw badModelFile('it holds twice what may be there once')
      frame.seen |= bit
    }
    if (frame.message === 'FunctionProto' && field === defaultAttributesField) {
      attributes.push(bytes.subarray(position, end))
    }
    frames.push({ message, end, seen: 0 })
  }

  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    if (position >= frame.end) {
      if (position > frame.end) throw badModelFile('a field reaches beyond the end of its message')
      frames.pop()
      continue
    }
    if (++fields > sizeLimits.fields.most) throw unsafeModelFile('it has too many fields')
    const key = varint()
    const field = Math.floor(key / 8)
    const wireType = key % 8
    const kind = fieldsOfMessage[frame.message][field]
    if (field === 0 || key > largestKey) throw badModelFile('it is not an ONNX model')
    if (kind !== undefined && !isLaidOutAs(kind, wireType)) throw badModelFile('a field of it has the wrong type')
    if (wireType === 0) varint()
    else if (wireType === 1) position += 8
    else if (wireType === 5) position += 4
    else if (wireType === 2) {
      const length = varint()
      const end = position + length
      if (end > frame.end) throw badModelFile('it is cut short: a field reaches beyond the end')
      if (kind !== undefined && isMessage(kind)) enter(frame, field, kind, end)
      else {
        if (frame.message === 'TensorProto' && listedDataFields.has(field)) listedBytes += length
        if (listedBytes > sizeLimits.listedBytes.most)
          throw unsafeModelFile('its weights are stored as lists, not as raw bytes')
        position = end
      }
    } else throw badModelFile('it is not an ONNX model')
  }
  return attributes.map((attribute) => onnx.AttributeProto.decode(attribute))
}
