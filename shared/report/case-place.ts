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
  for (const { place, sentence } of remarks) {
    const about = bySentence.get(sentence)
    if (about) about.push(place)
    else bySentence.set(sentence, [place])
  }
  const all = countedPlaces(places)
  return [...bySentence].map(([sentence, where]) => {
    const text = placesText(where, all)
    return `${text === 'all' ? 'All cases' : text}: ${sentence}`
  })
}

/** The places of a table, counted once however many sentences are about them. */
export interface CountedPlaces {
  readonly count: number
  readonly byCase: ReadonlyMap<string, number>
}

export function countedPlaces(places: readonly PassPlace[]): CountedPlaces {
  return { count: places.length, byCase: countsByCase(namedOnce(places)) }
}

/** `all`, `CUDA graph FP16; TensorRT FP16, batch 1`: the batch is left out if all batches of a case are in the list. */
export function placesText(where: readonly PassPlace[], all: CountedPlaces): string {
  const named = namedOnce(where)
  if (named.length === all.count && all.count > 1) return 'all'
  const namedByCase = countsByCase(named)
  const isWhole = (caseKey: string) => {
    const count = all.byCase.get(caseKey) ?? 0
    return count > 1 && count === namedByCase.get(caseKey)
  }
  return [...new Set(named.map(({ caseKey, caseName, name }) => (isWhole(caseKey) ? caseName : name)))].join('; ')
}

function namedOnce(places: readonly PassPlace[]): readonly PassPlace[] {
  return [...new Map(places.map((place) => [place.name, place])).values()]
}

function countsByCase(places: readonly PassPlace[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { caseKey } of places) counts.set(caseKey, (counts.get(caseKey) ?? 0) + 1)
  return counts
}
