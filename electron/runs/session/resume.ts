// What a run that ended early becomes when it is resumed. A finished group is kept; every other group is measured again
// from its start, because samples of two sessions are never mixed. Also what a resumed run must refuse or note, so that
// groups of two sessions can share one record. Reads and writes nothing.
import { isDeepStrictEqual } from 'node:util'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { Fingerprint } from '../../../shared/domain/fingerprint.ts'
import { type CaseRecord, hasLooks, type RunRecord } from '../../../shared/domain/run.ts'
import type { PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import { fingerprintDifferences } from '../../../shared/report/machine-settings.ts'
import { watchingNotes } from '../../../shared/sampling/quiet-gate.ts'
import { hasCutShortPass } from '../passes/measure-passes.ts'
import { pendingGroup } from './new-record.ts'

/** groupKeys of groups in which every case is completed, skipped or a fallback, and no pass was cut off. */
export function keptGroups({ groups }: Pick<RunRecord, 'groups'>): ReadonlySet<string> {
  return new Set(groups.filter(({ cases }) => cases.every(isDone)).map(({ groupKey }) => groupKey))
}

/** A completed case without samples: its summary could not be written. */
function isDone(entry: CaseRecord): boolean {
  if (entry.state === 'skipped' || entry.state === 'fallback') return true
  return entry.state === 'completed' && entry.sampleCount > 0 && !hasCutShortPass(entry)
}

interface Resumption {
  /** The record as the earlier session left it. */
  readonly record: RunRecord
  /** All groups of the plan. */
  readonly groups: readonly PlannedGroup[]
  readonly kept: ReadonlySet<string>
  /** ISO 8601, UTC. */
  readonly at: string
  /** Offset of this session's times, in ms from the run's start. */
  readonly fromMs: number
}

export function resumedRecord({ record, groups, kept, at, fromMs }: Resumption): RunRecord {
  const again = groups.filter(({ groupKey }) => !kept.has(groupKey)).map(({ groupKey }) => groupKey)
  const isOfAgain = (note: string) => again.some((groupKey) => note.startsWith(`${groupKey}: `))
  const done = new Map(record.groups.filter(({ groupKey }) => kept.has(groupKey)).map((each) => [each.groupKey, each]))
  return {
    ...record,
    state: 'queued',
    endedAt: null,
    error: null,
    groups: groups.map((group) => done.get(group.groupKey) ?? pendingGroup(group)),
    notes: [
      ...new Set([...record.notes.filter((note) => !isOfAgain(note)), ...earlierNoise(record, kept)]),
      resumedNote(at, again, [...kept], fromMs),
    ],
  }
}

/** The new session will write `sampling`; a run that was cut off has no note of the earlier session yet. */
export function earlierNoise({ sampling }: RunRecord, kept: ReadonlySet<string>): readonly string[] {
  if (sampling === undefined || kept.size === 0) return []
  return watchingNotes({ ...sampling, endedEarly: null, shareOfCore: null }, new Set())
}

function resumedNote(at: string, again: readonly string[], kept: readonly string[], fromMs: number): string {
  const measured = again.length === 0 ? 'no group was' : `${counted(again)} ${again.length === 1 ? 'was' : 'were'}`
  const left = kept.length === 0 ? 'none' : counted(kept)
  const was = kept.length > 1 ? 'were' : 'was'
  const times = `Times of samples and of the machine continue from ${(fromMs / 1000).toFixed(1)} s, without the pause in between.`
  return `Resumed at ${at}: ${measured} measured again; ${left} ${was} kept. ${times}`
}

function counted(groupKeys: readonly string[]): string {
  return `${groupKeys.length === 1 ? 'group' : 'groups'} ${groupKeys.join(', ')}`
}

/** Throws if the new measurements would not be comparable with the earlier ones. */
export function refuseUnlessComparable(
  record: RunRecord,
  groups: readonly PlannedGroup[],
  now: Fingerprint,
  what: 'resumed' | 'continued' = 'resumed',
): void {
  if (!hasLooks(record.protocol)) throw refusal(record, 'an earlier version of the measuring protocol began it', what)
  const keysOf = (list: readonly { groupKey: string; cases: readonly { caseKey: string }[] }[]) =>
    list.map(({ groupKey, cases }) => [groupKey, ...cases.map(({ caseKey }) => caseKey)])
  if (!isDeepStrictEqual(keysOf(record.groups), keysOf(groups))) {
    throw refusal(record, 'its plan now gives other groups and cases than when it started', what)
  }
  const then = record.fingerprint
  if (then.enginebenchVersion === now.enginebenchVersion && isSame(then.machine, now.machine)) return
  throw refusal(record, `the machine or the app has changed: ${differences(then, now)}`, what)
}

function refusal({ runId }: RunRecord, why: string, what: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: `Run ${runId} cannot be ${what}: ${why}.`,
    remedy: 'Start a new run with the command in its record; this run stays as it is.',
  })
}

function differences(then: Fingerprint, now: Fingerprint): string {
  const told = fingerprintDifferences([then, now].map((each) => ({ ...each, software: {} })))
  if (told.length > 0) return told.map(({ what, values }) => `${what} (${values.join(', now ')})`).join('; ')
  const before = new Map(Object.entries(then.machine))
  const changed = Object.entries(now.machine).filter(([name, value]) => !isSame(before.get(name), value))
  return changed.map(([name]) => name).join(', ') || 'something in the fingerprint'
}

/** As stored on disk, without undefined values. */
function isSame(left: unknown, right: unknown): boolean {
  const asKept = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))
  return isDeepStrictEqual(asKept(left), asKept(right))
}

/** Throws if the kept groups were measured with other images: a record has only one set. */
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
    message: 'The images differ from those of the groups kept from the earlier session.',
    remedy: 'Restore the images and resume, or start a new run. The finished groups are kept.',
  })
}

interface LoadedCase {
  readonly caseKey: string
  /** Null if it did not load. */
  readonly prepared: { readonly versions: Readonly<Record<string, string>> } | null
}

/** One sentence for each library whose version differs from that of a kept group. */
export function softwareNotes(
  { groups }: Pick<RunRecord, 'groups'>,
  kept: ReadonlySet<string>,
  groupKey: string,
  runCases: readonly LoadedCase[],
): readonly string[] {
  const earlier = groups.filter((group) => kept.has(group.groupKey)).flatMap(({ cases }) => cases)
  const notes = runCases.flatMap(({ caseKey, prepared }) => {
    const before = earlier.find((entry) => entry.caseKey === caseKey && entry.state === 'completed')
    return Object.entries(prepared?.versions ?? {}).flatMap(([library, version]) => {
      const old = before?.versions[library]
      if (old === undefined || old === version) return []
      return `${groupKey}: measured with ${library} ${version}, where the groups kept from the earlier session had ${old}.`
    })
  })
  return [...new Set(notes)]
}
