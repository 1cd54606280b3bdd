// Layers of two engines side by side by what they have in common: the kind of operator. An engine fuses as it likes, so
// single layers have no counterpart; a kind that one of them does not have is null there, never 0.
import type { NotMeasured } from '../../../../shared/domain/figure.ts'
import type { LayerTimes } from '../../../../shared/domain/layer-times.ts'

export type MeasuredLayers = Exclude<LayerTimes, NotMeasured>

export interface OperatorRow {
  readonly operator: string
  readonly firstMs: number | null
  readonly secondMs: number | null
}

/** All that a profile tells of one query, ms. */
export function wholeMs({ layers, otherMs }: MeasuredLayers): number {
  return layers.reduce((sum, { timeMs }) => sum + timeMs, otherMs)
}

/** Costliest in either first. */
export function operatorRows(first: MeasuredLayers, second: MeasuredLayers | null): readonly OperatorRow[] {
  const firstMs = byOperator(first)
  const secondMs = second ? byOperator(second) : new Map<string, number>()
  return [...new Set([...firstMs.keys(), ...secondMs.keys()])]
    .map((operator) => ({
      operator,
      firstMs: firstMs.get(operator) ?? null,
      secondMs: secondMs.get(operator) ?? null,
    }))
    .sort((a, b) => Math.max(b.firstMs ?? 0, b.secondMs ?? 0) - Math.max(a.firstMs ?? 0, a.secondMs ?? 0))
}

function byOperator({ layers, otherLayers, otherMs }: MeasuredLayers): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { operator, timeMs } of layers) sums.set(operator, (sums.get(operator) ?? 0) + timeMs)
  if (otherLayers > 0) sums.set('cheaper layers, summed', otherMs)
  return sums
}
