// What was not measured in a run, each with its reason; cases that share figure and reason share a line.
import type { RunRecord } from '../domain/run.ts'
import { caseName } from './case-name.ts'
import { missingFigures } from './case-words.ts'

export interface AbsentFigure {
  /** `p99 (ONNX Runtime FP32, batch 1)`, `energy per image (all)`. */
  readonly what: string
  readonly reason: string
}

export function absentFigures({ groups }: RunRecord): readonly AbsentFigure[] {
  const places = groups.flatMap((group) =>
    group.cases.map((entry) => ({ entry, place: `${caseName(entry)}, batch ${group.batchSize}` })),
  )
  const byAbsence = new Map<string, { figure: string; reason: string; where: string[] }>()
  for (const { entry, place } of places) {
    for (const [figure, reason] of missingFigures(entry)) {
      const key = JSON.stringify([figure, reason])
      const known = byAbsence.get(key) ?? { figure, reason, where: [] }
      known.where.push(place)
      byAbsence.set(key, known)
    }
  }
  return [...byAbsence.values()].map(({ figure, reason, where }) => ({
    what: `${figure} (${where.length === places.length ? 'all' : where.join('; ')})`,
    reason,
  }))
}
