// What a decoded ONNX model may hold. Nothing that runs code (plugins, compiled contexts, unknown operator domains),
// nothing whose sizes overflow, and external data only by plain names. Checks nested graphs and local functions too.
// Reads no file and runs nothing. Throws `unsafe-model-file` or `bad-model-file`.
import type { onnx } from 'onnx-proto'
import { type ExternalExtent, externalExtent } from './external-location.ts'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'

const knownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'])

/** Operators that hold compiled code, whatever their domain says. */
const compiledOperators: ReadonlySet<string> = new Set(['EPContext', 'TRT_PluginV2', 'TRTEngineOp', 'ATen', 'PythonOp'])

const maximumElements = 2 ** 40
const externalLocation = 1

/** @returns every piece of external data that the model asks for. */
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
    throw unsafeModelFile(`it needs operators of «${domain.slice(0, 80)}», which would have to be loaded as code`)
  }

  if (!model.graph || (model.graph.node ?? []).length === 0) throw badModelFile('it holds no graph')
  checkGraph(model.graph)
  for (const { node } of model.functions ?? []) checkNodes(node ?? [])
  return extents
}
