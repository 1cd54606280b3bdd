// What a resumed run must hold to, or say, so that groups of two sessions can stand in one record.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { RunRecord } from '../../shared/domain/run.ts'

/** Throws where the kept groups saw other images: a record tells of one set. */
export function refuseOtherInputs(
  { groups }: Pick<RunRecord, 'groups'>,
  kept: ReadonlySet<string>,
  { input }: { readonly input: { readonly sha256: string } },
): void {
  const seen = groups.flatMap(({ groupKey, inputSha256 }) => (kept.has(groupKey) ? (inputSha256 ?? []) : []))
  if (input.sha256 === '' || seen.every((sha256) => sha256 === input.sha256)) return
  throw new BenchError({
    code: 'input-mismatch',
    stage: 'inputs',
    message: 'The images are not those that the groups kept from the earlier session saw.',
    remedy: 'Bring the images back as they were and resume, or start a new run; the groups that were done are kept.',
  })
}

interface LoadedCase {
  readonly caseKey: string
  /** Null where it did not load. */
  readonly prepared: { readonly versions: Readonly<Record<string, string>> } | null
}

/** A sentence for each library that a case now ran with in another version than in a group that was kept. */
export function softwareNotes(
  { groups }: Pick<RunRecord, 'groups'>,
  kept: ReadonlySet<string>,
  groupKey: string,
  trials: readonly LoadedCase[],
): readonly string[] {
  const earlier = groups.filter((group) => kept.has(group.groupKey)).flatMap(({ cases }) => cases)
  const notes = trials.flatMap(({ caseKey, prepared }) => {
    const before = earlier.find((entry) => entry.caseKey === caseKey && entry.state === 'completed')
    return Object.entries(prepared?.versions ?? {}).flatMap(([library, version]) => {
      const old = before?.versions[library]
      if (old === undefined || old === version) return []
      return `${groupKey}: measured with ${library} ${version}, where the groups kept from the earlier session had ${old}.`
    })
  })
  return [...new Set(notes)]
}
