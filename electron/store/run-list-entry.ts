// One line of the run list, taken from a record. Pure.
import { type Figure, measured, missing } from '../../shared/domain/figure.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunListEntry } from '../../shared/ipc/contract.ts'

export function runListEntry(record: RunRecord): RunListEntry {
  const cases = record.groups.flatMap((group) => group.cases)
  return {
    runId: record.runId,
    state: record.state,
    createdAt: record.createdAt,
    modelName: record.modelName,
    preset: record.plan.preset,
    simulated: record.simulated,
    seededWeights: cases.some((entry) => entry.weights === 'seeded'),
    caseCount: cases.length,
    bestSpeedup: bestSpeedup(record),
  }
}

/** The baseline's own 1× is not a speedup. */
function bestSpeedup(record: RunRecord): Figure {
  const best = record.groups
    .flatMap((group) => group.cases.filter((entry) => entry.caseKey !== group.baseline))
    .map((entry) => entry.speedup)
    .filter((speedup) => speedup.verdict !== 'refused' && speedup.value !== null)
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0))[0]
  return best === undefined || best.value === null
    ? missing('No speedup was shown in this run.')
    : measured(best.value, best.interval)
}
