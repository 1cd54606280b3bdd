// The cases of a run in the order of the report's rows, each with the name that it has where several batches stand in one
// table, and sentences that hold for several of them said once.
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import { caseName, orderedCases } from '../case-words.ts'

export interface CasePlace {
  readonly group: GroupRecord
  readonly entry: CaseRecord
  /** `ONNX Runtime FP16, batch 8`. */
  readonly name: string
}

export function casePlaces({ groups }: Pick<RunRecord, 'groups'>): readonly CasePlace[] {
  return groups.flatMap((group) =>
    orderedCases(group).map((entry) => ({ group, entry, name: `${caseName(entry)}, batch ${group.batchSize}` })),
  )
}

export interface Remark {
  readonly place: CasePlace
  readonly sentence: string
}

/** `CUDA graph FP16: not measured: …`; `All: …` where it holds for every place. */
export function saidOnce(remarks: readonly Remark[], places: readonly CasePlace[]): readonly string[] {
  const bySentence = new Map<string, CasePlace[]>()
  for (const { place, sentence } of remarks) bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), place])
  return [...bySentence].map(([sentence, where]) => `${allText(placesText(where, places))}: ${sentence}`)
}

/** `all`, `CUDA graph FP16; TensorRT FP16, batch 1`: a case is named without its batch where it stands in all of its. */
export function placesText(where: readonly CasePlace[], places: readonly CasePlace[]): string {
  const named = new Set(where.map(({ name }) => name))
  if (named.size === places.length && places.length > 1) return 'all'
  const ofCase = (caseKey: string) => places.filter(({ entry }) => entry.caseKey === caseKey)
  const isWhole = (caseKey: string) =>
    ofCase(caseKey).length > 1 && ofCase(caseKey).every(({ name }) => named.has(name))
  return [...new Set(where.map(({ entry, name }) => (isWhole(entry.caseKey) ? caseName(entry) : name)))].join('; ')
}

/** One remark for each case whose pass gave no measurement. */
export function notMeasuredRemarks(
  places: readonly CasePlace[],
  passOf: (entry: CaseRecord) => object | undefined,
): readonly Remark[] {
  return places.flatMap((place) => {
    const pass = passOf(place.entry)
    if (pass === undefined || !('notMeasured' in pass)) return []
    return [{ place, sentence: `not measured: ${String(pass.notMeasured)}` }]
  })
}

function allText(text: string): string {
  return text === 'all' ? 'All cases' : text
}
