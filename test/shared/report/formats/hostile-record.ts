// A run whose words from outside try to break out of every format.
import type { RunRecord } from '../../../../shared/domain/run.ts'
import { completedRun } from '../../../fixtures/record.ts'

export const hostileText = '</td></svg><img src=x onerror=alert(1)><script>alert(1)</script>'

const words = `a|b "${hostileText}" \`code\` [link](x) **bold**\nnext line ${'`'.repeat(4)}`

export function hostileRecord(): RunRecord {
  const { record } = completedRun()
  return {
    ...record,
    modelName: words,
    notes: [words],
    images: { ...record.images, source: words },
    groups: record.groups.map((group) => ({
      ...group,
      cases: group.cases.map((entry) => ({
        ...entry,
        parity: { ...entry.parity, reason: words },
        precisionProof: { holds: false, label: words, method: words, evidence: [words] },
        latencyMs: { ...entry.latencyMs, p99: { value: null, reason: words } },
        speedup: { ...entry.speedup, value: null, interval: null, verdict: 'refused' as const, reason: words },
      })),
    })),
  }
}
