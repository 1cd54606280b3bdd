// Whether a case is a copy of another: the same code with the same options, so that comparing them compares a case with
// itself (an A/A pair).
import type { CaseRecord } from '../domain/run.ts'

type Identity = Pick<CaseRecord, 'backend' | 'precision' | 'options'>

export function isCopyOf(left: Identity, right: Identity): boolean {
  return (
    left.backend === right.backend &&
    left.precision === right.precision &&
    JSON.stringify(sortedEntries(left.options)) === JSON.stringify(sortedEntries(right.options))
  )
}

function sortedEntries(options: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1))
}
