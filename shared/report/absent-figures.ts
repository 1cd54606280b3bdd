// What was not measured in a run, each with its reason; cases that share figure and reason share a line. A pass that was
// asked for says so itself, in its own section.
import type { RunRecord } from '../domain/run.ts'
import { missingFigures } from './case-words.ts'
import { type CasePlace, casePlaces, placesText } from './passes/case-place.ts'

export interface AbsentFigure {
  /** `p99 (ONNX Runtime FP32, batch 1)`, `energy per image (all)`. */
  readonly what: string
  readonly reason: string
}

interface Absence {
  readonly figure: string
  readonly reason: string
  readonly where: CasePlace[]
}

export function absentFigures(record: Pick<RunRecord, 'groups'>): readonly AbsentFigure[] {
  const places = casePlaces(record)
  const byAbsence = new Map<string, Absence>()
  for (const place of places) {
    for (const [figure, reason] of missingFigures(place.entry)) {
      if (figure === 'energy per image' && place.entry.energy !== undefined) continue
      const key = JSON.stringify([figure, reason])
      const known = byAbsence.get(key) ?? { figure, reason, where: [] }
      known.where.push(place)
      byAbsence.set(key, known)
    }
  }
  return [...byAbsence.values()].map(({ figure, reason, where }) => ({
    what: `${figure} (${placesText(where, places)})`,
    reason,
  }))
}
