// How the messages of an ONNX file are laid out, for walking its bytes without a decoder: every message in which a graph
// or a tensor can lie at any depth, and the entries that name external data. A test holds it against the onnx.proto of the
// installed library. Only what a newer onnx.proto adds is missing here; the walk skips it, as readers do.

export type MessageName =
  | 'ModelProto'
  | 'GraphProto'
  | 'NodeProto'
  | 'AttributeProto'
  | 'TensorProto'
  | 'SparseTensorProto'
  | 'FunctionProto'
  | 'TrainingInfoProto'
  | 'StringStringEntryProto'

/** With `[]` it may come more than once. */
export type MessageKind = MessageName | `${MessageName}[]`
/** `bytes` is also text, and a message that is not walked. */
export type FieldKind = 'bytes' | 'number' | 'number[]' | 'float' | 'float[]' | 'double[]' | MessageKind

export const fieldsOfMessage: Readonly<Record<MessageName, Readonly<Record<number, FieldKind>>>> = {
  ModelProto: {
    ...{ 1: 'number', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'number', 6: 'bytes', 7: 'GraphProto', 8: 'bytes' },
    ...{ 14: 'StringStringEntryProto[]', 20: 'TrainingInfoProto[]', 25: 'FunctionProto[]', 26: 'bytes' },
  },
  GraphProto: {
    ...{ 1: 'NodeProto[]', 2: 'bytes', 5: 'TensorProto[]', 10: 'bytes', 11: 'bytes', 12: 'bytes', 13: 'bytes' },
    ...{ 14: 'bytes', 15: 'SparseTensorProto[]', 16: 'StringStringEntryProto[]' },
  },
  NodeProto: {
    ...{ 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'AttributeProto[]', 6: 'bytes', 7: 'bytes', 8: 'bytes' },
    ...{ 9: 'StringStringEntryProto[]', 10: 'bytes' },
  },
  AttributeProto: {
    ...{ 1: 'bytes', 2: 'float', 3: 'number', 4: 'bytes', 5: 'TensorProto', 6: 'GraphProto', 7: 'float[]' },
    ...{ 8: 'number[]', 9: 'bytes', 10: 'TensorProto[]', 11: 'GraphProto[]', 13: 'bytes', 14: 'bytes', 15: 'bytes' },
    ...{ 20: 'number', 21: 'bytes', 22: 'SparseTensorProto', 23: 'SparseTensorProto[]' },
  },
  TensorProto: {
    ...{ 1: 'number[]', 2: 'number', 3: 'bytes', 4: 'float[]', 5: 'number[]', 6: 'bytes', 7: 'number[]', 8: 'bytes' },
    ...{ 9: 'bytes', 10: 'double[]', 11: 'number[]', 12: 'bytes', 13: 'StringStringEntryProto[]', 14: 'number' },
    ...{ 16: 'StringStringEntryProto[]' },
  },
  SparseTensorProto: { 1: 'TensorProto', 2: 'TensorProto', 3: 'number[]' },
  FunctionProto: {
    ...{ 1: 'bytes', 4: 'bytes', 5: 'bytes', 6: 'bytes', 7: 'NodeProto[]', 8: 'bytes', 9: 'bytes', 10: 'bytes' },
    ...{ 11: 'AttributeProto[]', 12: 'bytes', 13: 'bytes', 14: 'StringStringEntryProto[]' },
  },
  TrainingInfoProto: {
    ...{ 1: 'GraphProto', 2: 'GraphProto', 3: 'StringStringEntryProto[]', 4: 'StringStringEntryProto[]' },
  },
  StringStringEntryProto: { 1: 'bytes', 2: 'bytes' },
}

/** How a field's value is laid out: 0 a number, 1 eight bytes, 5 four bytes, 2 a length and that many bytes. */
const wireTypes: Readonly<Record<string, readonly number[]>> = {
  ...{ number: [0], 'number[]': [0, 2], float: [5], 'float[]': [5, 2], 'double[]': [1, 2] },
}

/** Whether readers agree on what follows: some trust the field's number, others the wire type. */
export function isLaidOutAs(kind: FieldKind, wireType: number): boolean {
  return (wireTypes[kind] ?? [2]).includes(wireType)
}

export function isMessage(kind: FieldKind): kind is MessageKind {
  return kind.replace('[]', '') in fieldsOfMessage
}

export function messageOf(kind: MessageKind): MessageName {
  return kind.replace('[]', '') as MessageName
}
