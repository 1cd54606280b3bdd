// What a decoded ONNX model takes and gives, and what it says about both: types and dimensions, values that the file
// holds for inputs, tables that inputs pick from, and the exporter's notes. Refuses nothing but a model without an opset
// or outputs: whether its inputs can be fed is judged by own-inputs.ts.
import type { onnx } from 'onnx-proto'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import { badModelFile } from './model-refusal.ts'
import { elementTypeName, storedPrecision } from './stored-precision.ts'

type ModelFacts = RequestResult<'inspect-model'>
type GraphTensor = ModelFacts['inputs'][number]

export function interfaceOf(model: onnx.ModelProto): Omit<ModelFacts, 'externalFiles' | 'sha256'> {
  const graph = model.graph ?? {}
  const stored = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]))
  const opset = model.opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version
  if (opset === undefined || opset === null) throw badModelFile('it names no operator set')
  const outputs = (graph.output ?? []).map(({ name }) => name ?? '')
  if (outputs.length === 0 || outputs.includes('')) throw badModelFile('it has no named output')
  const inputs = (graph.input ?? []).filter(({ name }) => !stored.has(name ?? ''))
  return {
    opset: Number(opset),
    inputs: inputs.map(graphTensor),
    outputs,
    outputTensors: (graph.output ?? []).map(graphTensor),
    defaulted: (graph.input ?? []).map(({ name }) => name ?? '').filter((name) => stored.has(name)),
    tableRows: tableRows(graph, stored),
    metadata: metadataOf(model),
    storedPrecision: storedPrecision(graph),
  }
}

function graphTensor({ name, type }: onnx.IValueInfoProto): GraphTensor {
  const tensor = type?.tensorType
  return {
    name: name ?? '',
    dtype: tensor ? elementTypeName(tensor.elemType) : kindOf(type),
    dimensions: tensor?.shape ? (tensor.shape.dim ?? []).map(dimension) : null,
  }
}

function kindOf(type: onnx.ITypeProto | null | undefined): string {
  if (type?.sequenceType) return 'sequence'
  if (type?.optionalType) return 'optional'
  if (type?.mapType) return 'map'
  return type?.sparseTensorType ? 'sparse tensor' : 'unknown'
}

/** 0 is a size that no query can have, and -1 what some tools write for an open one. */
function dimension({ dimValue, dimParam }: onnx.TensorShapeProto.IDimension): number | string {
  const size = Number(dimValue ?? 0)
  return size > 0 ? size : dimParam || '?'
}

const shapeKeepers: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Reshape', 'Unsqueeze', 'Squeeze', 'Flatten'])

/** By input, how many rows the table has that the input picks from (Gather): its values must be below that. */
function tableRows(
  graph: onnx.IGraphProto,
  stored: ReadonlyMap<string, onnx.ITensorProto>,
): Readonly<Record<string, number>> {
  const sources = new Map((graph.input ?? []).map(({ name }) => [name ?? '', name ?? '']))
  const found: Record<string, number> = {}
  for (const { opType, input, output, attribute } of graph.node ?? []) {
    const [first = '', second = ''] = input ?? []
    const kept = sources.get(first)
    if (kept !== undefined && shapeKeepers.has(opType ?? '')) sources.set(output?.[0] ?? '', kept)
    const picking = sources.get(second)
    const table = stored.get(first)
    if (opType !== 'Gather' || picking === undefined || table === undefined) continue
    const axis = Number(attribute?.find(({ name }) => name === 'axis')?.i ?? 0)
    const rows = Number((table.dims ?? [])[axis < 0 ? axis + (table.dims ?? []).length : axis] ?? 0)
    if (rows > 0) found[picking] = Math.min(rows, found[picking] ?? rows)
  }
  return found
}

const mostEntries = 64
const longestValue = 4096

function metadataOf(model: onnx.ModelProto): Readonly<Record<string, string>> {
  const entries = (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? ''] as const)
  return Object.fromEntries(
    entries.filter(([key, value]) => key.length <= longestValue && value.length <= longestValue).slice(0, mostEntries),
  )
}
