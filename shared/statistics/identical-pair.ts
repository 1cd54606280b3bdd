// Whether a case is a copy of another: the same code on the same file with the same options, so that comparing them compares a case with
// itself (an A/A pair).
import type { CaseRecord } from '../domain/run.ts'

/** A planned case names its artifact, where it has one; a record knows the file that ran. */
type Identity = Pick<CaseRecord, 'backend' | 'precision' | 'options'> &
  Partial<Pick<CaseRecord, 'artifactSha256'>> & { readonly artifact?: string | undefined }

export function isCopyOf(left: Identity, right: Identity): boolean {
  return (
    left.backend === right.backend &&
    left.precision === right.precision &&
    left.artifact === right.artifact &&
    (left.artifactSha256 ?? null) === (right.artifactSha256 ?? null) &&
    JSON.stringify(sortedEntries(left.options)) === JSON.stringify(sortedEntries(right.options))
  )
}

function sortedEntries(options: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1))
}
