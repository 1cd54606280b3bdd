// Whether a case is a copy of another: the same code on the same file with the same options, so that comparing them compares a case with
// itself (an A/A pair).
import type { CaseRecord } from '../domain/run.ts'

/** A planned case names its artifact, where it has one; a record knows the file that ran. */
type Identity = Pick<CaseRecord, 'backend' | 'precision' | 'options'> &
  Partial<Pick<CaseRecord, 'artifactSha256'>> & { readonly artifact?: string | object | null | undefined }

export function isCopyOf(left: Identity, right: Identity): boolean {
  return (
    left.backend === right.backend &&
    left.precision === right.precision &&
    fileOf(left) === fileOf(right) &&
    JSON.stringify(sortedEntries(left.options)) === JSON.stringify(sortedEntries(right.options))
  )
}

function fileOf({ artifact, artifactSha256 }: Identity): string | null {
  return typeof artifact === 'string' ? artifact : (artifactSha256 ?? null)
}

function sortedEntries(options: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1))
}
