// The cases of a run in the report's row order, each with its name in tables of several batches; sentences that apply
// to several cases are printed once.
import type { CaseRecord, GroupRecord, RunRecord } from '../domain/run.ts'
import type { PassPlace, Remark } from '../passes/pass.ts'
import { caseName, orderedCases } from './case-words.ts'

export interface CasePlace extends PassPlace {
  readonly group: GroupRecord
  readonly entry: CaseRecord
}

export function casePlaces({ groups }: Pick<RunRecord, 'groups'>): readonly CasePlace[] {
  return groups.flatMap((group) => orderedCases(group).map((entry) => placeOf(group, entry)))
}

function placeOf(group: GroupRecord, entry: CaseRecord): CasePlace {
  const { caseKey, backend, energyJoulesPerImage } = entry
  const { groupKey, batchSize } = group
  const name = caseName(entry)
  return {
    ...{ group, entry, groupKey, batchSize, caseKey, backend, energyJoulesPerImage },
    caseName: name,
    name: `${name}, batch ${batchSize}`,
  }
}

/** `CUDA graph FP16: not measured: …`; `All cases: …` if it applies to every place. */
export function saidOnce(remarks: readonly Remark[], places: readonly PassPlace[]): readonly string[] {
  const bySentence = new Map<string, PassPlace[]>()
  for (const { place, sentence } of remarks) bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), place])
  return [...bySentence].map(([sentence, where]) => {
    const text = placesText(where, places)
    return `${text === 'all' ? 'All cases' : text}: ${sentence}`
  })
}

/** `all`, `CUDA graph FP16; TensorRT FP16, batch 1`: the batch is left out if all batches of a case are in the list. */
export function placesText(where: readonly PassPlace[], places: readonly PassPlace[]): string {
  const named = new Set(where.map(({ name }) => name))
  if (named.size === places.length && places.length > 1) return 'all'
  const isWhole = (caseKey: string) => {
    const ofCase = places.filter((place) => place.caseKey === caseKey)
    return ofCase.length > 1 && ofCase.every(({ name }) => named.has(name))
  }
  return [...new Set(where.map(({ caseKey, caseName, name }) => (isWhole(caseKey) ? caseName : name)))].join('; ')
}
