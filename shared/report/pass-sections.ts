// A run's extra measurements, in reading order. Empty for a run without passes.
import type { RunRecord } from '../domain/run.ts'
import { passIds, passOf } from '../passes/index.ts'
import { measuredOf } from '../passes/pass.ts'
import type { PassSection } from '../passes/pass-section.ts'
import { casePlaces, saidOnce } from './case-place.ts'
import { memorySection } from './memory-section.ts'

/** Position among the pass sections: after the layers. */
const memoryRank = 4

export function passSections(record: RunRecord): readonly PassSection[] {
  const ofPasses = passIds.map(passOf).map((pass) => ({ rank: pass.section.rank, section: sectionOf(pass, record) }))
  return [...ofPasses, { rank: memoryRank, section: memorySection(record) }]
    .sort((left, right) => left.rank - right.rank)
    .flatMap(({ section }) => section ?? [])
}

function sectionOf({ field, key, section }: ReturnType<typeof passOf>, record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry[field] !== undefined)
  if (places.length === 0) return null
  const cases = places.flatMap((place) => {
    const measured = measuredOf<object>(place.entry[field])
    return measured === null ? [] : [{ place, measured }]
  })
  const absences = places.flatMap((place) => {
    const result = place.entry[field]
    if (result === undefined || !('notMeasured' in result)) return []
    return [{ place, sentence: `not measured: ${result.notMeasured}` }]
  })
  const drawn = cases.length === 0 ? { tables: [], remarks: [] } : section.draw(cases)
  return {
    key,
    title: section.title,
    note: section.note,
    tables: drawn.tables,
    sentences: [...(drawn.sentences ?? []), ...saidOnce([...absences, ...drawn.remarks], places)],
  }
}
