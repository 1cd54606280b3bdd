// Proof of a precision label from what ONNX Runtime made of the model: the types of the matrix operators in the
// optimized graph, and the types that the file stores. The requested precision is never the proof.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onnx } from 'onnx-proto'
import type { InferenceSession } from 'onnxruntime-node'
import type { Precision, PrecisionProof } from '../../../shared/domain/precision.ts'
import {
  floatMatrixOperators,
  integerMatrixOperators,
  nothingMultiplied,
} from '../../../shared/worker-protocol/worker-facts.ts'
import { elementTypeName, storedPrecision } from '../../models/stored-precision.ts'
import { noRoomIn } from '../../store/free-space.ts'
import { inTemporaryFolder } from '../../store/temporary-files.ts'
import { loadFailure, savingSettings } from './session-settings.ts'

/**
 * @param stored graph of the file as given.
 * @param optimized graph of the same file after the session's optimization.
 * @param settings facts read back or set explicitly, added to the evidence.
 */
export function provePrecision(
  claimed: Precision,
  stored: onnx.IGraphProto,
  optimized: onnx.IGraphProto,
  settings: readonly string[],
): PrecisionProof {
  const storedAs = storedPrecision(stored)
  const { floating, quantized } = matrixOperatorsOf(optimized)
  const byType = new Map<string, number>()
  for (const types of floating.values()) {
    for (const [type, count] of types) byType.set(type, (byType.get(type) ?? 0) + count)
  }
  const quantizedCount = total(quantized)
  const computedAs = computedPrecision(byType, quantizedCount)
  const evidence = [
    `weights stored as ${storedAs}`,
    ...[...floating].flatMap(([operator, types]) => [...types].map(([type, count]) => `${operator}: ${count} ${type}`)),
    ...[...quantized].map(([operator, count]) => `${operator}: ${count} int8`),
    ...(storedAs === 'int8' ? [fusion(quantizedCount, total(byType))] : []),
    ...settings,
  ]
  const holds = computedAs === claimed && storedAs === claimed
  const label = storedAs === computedAs ? computedAs : `${storedAs} stored, ${computedAs} computed`
  return { holds, label, method: 'optimized graph', evidence }
}

/** One precision for all matrix operators, or a description of the mix. */
function computedPrecision(byType: ReadonlyMap<string, number>, quantizedCount: number): string {
  const floatingCount = total(byType)
  if (quantizedCount > 0 && quantizedCount >= floatingCount) return 'int8'
  const names: Readonly<Record<string, string>> = { float32: 'fp32', float16: 'fp16', bfloat16: 'bf16' }
  const kinds = [...byType.keys()].map((type) => names[type] ?? type)
  if (quantizedCount > 0) kinds.unshift('int8')
  if (kinds.length === 0) return nothingMultiplied
  return kinds.join(' and ')
}

function fusion(quantizedCount: number, floatingCount: number): string {
  if (quantizedCount === 0) return 'Q/DQ pairs were not fused: nothing computes in int8'
  if (floatingCount === 0) return 'every Q/DQ pair around a matrix operator was fused'
  return `Q/DQ pairs were fused for ${quantizedCount} of ${quantizedCount + floatingCount} matrix operators`
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

/** Reads the proof from the optimized graph that a throwaway session saves into a private, temporary folder. */
export async function proofFromSession(
  claimed: Precision,
  file: string,
  settings: InferenceSession.SessionOptions,
  facts: readonly string[],
): Promise<PrecisionProof> {
  return inTemporaryFolder('proof', async (folder) => {
    try {
      const optimizedFile = join(folder, 'optimized.onnx')
      const { InferenceSession } = await import('onnxruntime-node')
      const session = await InferenceSession.create(file, savingSettings(settings, optimizedFile, 'weights.bin'))
      await session.release()
      return provePrecision(claimed, await graphOf(file), await graphOf(optimizedFile), facts)
    } catch (error) {
      const failure = loadFailure(error)
      throw (await noRoomIn(folder, 'load', failure.record.cause ?? '')) ?? failure
    }
  })
}

async function graphOf(file: string): Promise<onnx.IGraphProto> {
  const { graph } = onnx.ModelProto.decode(await readFile(file))
  if (!graph) throw new Error('the file holds no graph')
  return graph
}

const floatOperators: ReadonlySet<string> = new Set(floatMatrixOperators)
const integerOperators: ReadonlySet<string> = new Set(integerMatrixOperators)

export interface MatrixOperators {
  /** `MatMul` -> numeric type -> count. */
  readonly floating: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** `QLinearConv` -> count. */
  readonly quantized: ReadonlyMap<string, number>
}

/**
 * The numeric type in which each matrix operator computes, found by following types from the inputs and initializers.
 * Enough to prove a precision, not full type inference: an unresolved type is `unknown`.
 */
function matrixOperatorsOf(graph: onnx.IGraphProto): MatrixOperators {
  const types = new Map<string, string>()
  const found = { floating: new Map<string, Map<string, number>>(), quantized: new Map<string, number>() }
  addOperators(graph, types, found)
  return found
}

interface FoundOperators {
  readonly floating: Map<string, Map<string, number>>
  readonly quantized: Map<string, number>
}

/** Graphs inside nodes (branches, loops) see the types of the graphs around them. */
function addOperators(graph: onnx.IGraphProto, types: Map<string, string>, found: FoundOperators): void {
  const { floating, quantized } = found
  for (const input of graph.input ?? []) types.set(input.name ?? '', elementTypeName(input.type?.tensorType?.elemType))
  for (const tensor of graph.initializer ?? []) types.set(tensor.name ?? '', elementTypeName(tensor.dataType))
  for (const node of graph.node ?? []) {
    for (const { g, graphs } of node.attribute ?? []) {
      for (const inner of [...(g ? [g] : []), ...(graphs ?? [])]) addOperators(inner, types, found)
    }
    const operator = node.opType ?? ''
    const type = inputType(node, types)
    if (floatOperators.has(operator)) count(nested(floating, operator), type)
    if (integerOperators.has(operator)) count(quantized, operator)
    for (const output of node.output ?? []) types.set(output, outputType(node, type))
  }
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
