// Badges in words. Seeded weights are said in full in every place that shows a result.
import type { Badge } from '../domain/run.ts'

export const badgeWords: Readonly<Record<Badge, string>> = {
  noisy: 'noisy',
  throttled: 'throttled',
  'no-steady-state': 'no steady state',
  'seeded-weights': 'seeded weights: timing valid, predictions not',
  simulated: 'simulated',
  partial: 'partial',
  'few-samples': 'few samples',
}
