// What a decoded ONNX model may contain: no code (plugins, compiled contexts), no operators of unknown domains unless the
// caller answers for them, no sizes that overflow, no functions that grow without end when a runtime writes them out, and
// external data only by plain names. Checks every graph and every tensor: nested graphs, local functions and their default
// attributes, training. Reads no file and runs nothing. Throws `unsafe-model-file` or `bad-model-file`.

import type { onnx } from 'onnx-proto'
import { sizeLimits } from '../../shared/worker-protocol/limits.ts'
import { type ExternalExtent, externalExtent } from './external-data.ts'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'
import { storedBytes } from './stored-precision.ts'

const runtimeDomains: ReadonlySet<string> = new Set([
  ...['', 'ai.onnx', 'ai.onnx.ml', 'ai.onnx.training', 'ai.onnx.preview.training', 'com.microsoft'],
])
/** Operators of TensorRT plugins. Opening such a file runs none; converting it needs their library. */
const pluginDomain = 'trt.plugins'
/** Different operators of domains that nothing here computes. */
const mostCustomOperators = 64
const longestName = 80

/** Operators that hold compiled code, in any domain. */
const compiledOperators: ReadonlySet<string> = new Set(['EPContext', 'TRT_PluginV2', 'TRTEngineOp', 'ATen', 'PythonOp'])

const externalLocation = 1

/** `listed`: the caller refuses every use of them but one by TensorRT with their library. */
export type UnknownDomains = 'refused' | 'listed'

export interface CheckedModel {
  /** Every piece of external data that it refers to. */
  readonly extents: readonly ExternalExtent[]
  /** `my.company::Sharpen`, in the order in which they are met. */
  readonly customOperators: readonly string[]
}

/** @param functionAttributes default attributes of local functions, which the decoder leaves out. */
export function checkModel(
  model: onnx.IModelProto,
  functionAttributes: readonly onnx.IAttributeProto[],
  unknownDomains: UnknownDomains = 'refused',
): CheckedModel {
  const localFunctions = new Set((model.functions ?? []).map(({ domain, name }) => `${domain ?? ''}:${name ?? ''}`))
  const extents: ExternalExtent[] = []
  const customOperators = new Set<string>()

  function checkTensor(tensor: onnx.ITensorProto | null | undefined): void {
    if (!tensor) return
    let elements = 1
    for (const size of tensor.dims ?? []) {
      const count = Number(size)
      if (count < 0) throw unsafeModelFile('a tensor has a negative size')
      elements *= count
    }
    if (elements > sizeLimits.tensorElements.most) throw unsafeModelFile('a tensor has more elements than any memory')
    if (tensor.dataLocation === externalLocation || (tensor.externalData ?? []).length > 0) {
      extents.push(externalExtent(tensor.externalData ?? [], storedBytes(tensor.dataType, elements)))
    }
  }

  function checkNodes(nodes: readonly onnx.INodeProto[]): void {
    for (const node of nodes) {
      checkOperator(node.domain ?? '', node.opType ?? '')
      for (const attribute of node.attribute ?? []) checkAttribute(attribute)
    }
  }

  function checkAttribute(attribute: onnx.IAttributeProto): void {
    checkTensor(attribute.t)
    for (const tensor of attribute.tensors ?? []) checkTensor(tensor)
    for (const sparse of [attribute.sparseTensor, ...(attribute.sparseTensors ?? [])]) checkSparse(sparse)
    for (const graph of graphsOf(attribute)) checkGraph(graph)
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
    if (runtimeDomains.has(domain) || localFunctions.has(`${domain}:${operator}`)) return
    if (domain !== pluginDomain && unknownDomains === 'refused') {
      throw unsafeModelFile(
        `it needs operators of "${domain.slice(0, longestName)}", which would have to be loaded as code`,
      )
    }
    customOperators.add(`${domain.slice(0, longestName)}::${operator.slice(0, longestName)}`)
    if (customOperators.size > mostCustomOperators)
      throw unsafeModelFile('it needs too many operators of unknown domains')
  }

  if (!model.graph || (model.graph.node ?? []).length === 0) throw badModelFile('it holds no graph')
  checkGraph(model.graph)
  for (const { node } of model.functions ?? []) checkNodes(node ?? [])
  for (const attribute of functionAttributes) checkAttribute(attribute)
  for (const { initialization, algorithm } of model.trainingInfo ?? []) {
    for (const graph of [initialization, algorithm]) if (graph) checkGraph(graph)
  }
  checkFunctions(model, functionAttributes)
  return { extents, customOperators: [...customOperators] }
}

function graphsOf({ g, graphs }: onnx.IAttributeProto): readonly onnx.IGraphProto[] {
  return [...(g ? [g] : []), ...(graphs ?? [])]
}

interface FunctionSize {
  readonly nodes: number
  /** How deep it calls others, itself included. */
  readonly depth: number
}

/**
 * A runtime writes every call of a local function out, so functions that each call the one before twice fill any memory.
 * Functions of one name count as one with all of their nodes, since the decoder does not know their overloads.
 */
function checkFunctions(model: onnx.IModelProto, defaults: readonly onnx.IAttributeProto[]): void {
  const bodies = new Map<string, onnx.INodeProto[]>()
  for (const { domain, name, node } of model.functions ?? []) {
    const key = `${domain ?? ''}:${name ?? ''}`
    const body = bodies.get(key) ?? []
    for (const each of node ?? []) body.push(each)
    bodies.set(key, body)
  }
  const known = new Map<string, FunctionSize>()

  function writtenOut(key: string, callers: ReadonlySet<string>): FunctionSize {
    const before = known.get(key)
    if (before) return before
    if (callers.has(key)) throw unsafeModelFile('a function of it calls itself')
    const inside = new Set([...callers, key])
    let nodes = 0
    let depth = 1
    for (const callee of calls(bodies.get(key) ?? [])) {
      if (!bodies.has(callee)) nodes += 1
      else {
        if (inside.size >= sizeLimits.functionDepth.most) throw tooDeep()
        const size = writtenOut(callee, inside)
        nodes += size.nodes
        depth = Math.max(depth, size.depth + 1)
      }
      if (nodes > sizeLimits.inlinedNodes.most) throw tooMany()
    }
    if (depth > sizeLimits.functionDepth.most) throw tooDeep()
    const found = { nodes, depth }
    known.set(key, found)
    return found
  }

  for (const key of bodies.keys()) writtenOut(key, new Set())
  let nodes = 0
  for (const callee of calls(model.graph?.node ?? [])) nodes += known.get(callee)?.nodes ?? 0
  if (nodes > sizeLimits.inlinedNodes.most) throw tooMany()
  for (const graph of defaults.flatMap(graphsOf)) {
    for (const callee of calls(graph.node ?? [])) {
      if (bodies.has(callee)) throw unsafeModelFile('a default graph of a function calls a function')
    }
  }
}

function tooDeep() {
  return unsafeModelFile(`its functions call one another more than ${sizeLimits.functionDepth.most} deep`)
}

function tooMany() {
  return unsafeModelFile(
    `its functions grow to more than ${sizeLimits.inlinedNodes.most} nodes when their calls are written out`,
  )
}

/** What each node calls, nested graphs included: an operator or a function, with its domain. */
function* calls(nodes: readonly onnx.INodeProto[]): Generator<string> {
  for (const { domain, opType } of everyNode(nodes)) yield `${domain ?? ''}:${opType ?? ''}`
}

function* everyNode(nodes: readonly onnx.INodeProto[]): Generator<onnx.INodeProto> {
  for (const node of nodes) {
    yield node
    for (const attribute of node.attribute ?? []) {
      for (const graph of graphsOf(attribute)) yield* everyNode(graph.node ?? [])
    }
  }
}
