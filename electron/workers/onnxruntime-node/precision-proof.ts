// Proof of a precision label from what ONNX Runtime made of the model: the types of the matrix operators in the graph
// after optimization, beside the types that the file stores. The request is never the proof.
import type { onnx } from 'onnx-proto'
import type { Precision } from '../../../shared/domain/precision.ts'
import type { PrecisionProof } from '../../../shared/domain/precision-proof.ts'
import { storedPrecision } from '../../models/stored-precision.ts'
import { matrixOperatorsOf } from './graph-types.ts'

/**
 * @param stored graph of the file as given. @param optimized graph of the same file after the session's optimization.
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

/** One precision for all matrix operators, or words that say what is mixed. */
function computedPrecision(byType: ReadonlyMap<string, number>, quantizedCount: number): string {
  const floatingCount = total(byType)
  if (quantizedCount > 0 && quantizedCount >= floatingCount) return 'int8'
  const names: Readonly<Record<string, string>> = { float32: 'fp32', float16: 'fp16', bfloat16: 'bf16' }
  const kinds = [...byType.keys()].map((type) => names[type] ?? type)
  if (quantizedCount > 0) kinds.unshift('int8')
  if (kinds.length === 0) return 'no matrix operator'
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
