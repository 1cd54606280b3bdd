// The offline scenario: all images at once, as fast as they go.
import type { RunRecord } from '../../domain/run.ts'
import { notMlperf } from '../../domain/serving.ts'
import { countText, numberText } from '../figure-text.ts'
import { casePlaces, notMeasuredRemarks, saidOnce } from './case-place.ts'
import { numbers, type PassSection } from './pass-section.ts'
import { told } from './told.ts'

export function offlineSection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.offline !== undefined)
  if (places.length === 0) return null
  const rows = places.flatMap(({ entry, name }) => {
    const offline = told(entry.offline)
    if (offline === null) return []
    const texts = [numberText(offline.imagesPerSecond), countText(offline.images), numberText(offline.wallMs / 1000)]
    return [{ name, cells: texts.map((text) => ({ text })) }]
  })
  const columns = [numbers('throughput', 'images / s'), numbers('images'), numbers('took', 's')]
  return {
    key: 'offline',
    title: `Offline scenario, ${notMlperf}`,
    note: 'All images back to back, from the first query’s start to the last one’s end.',
    tables: rows.length === 0 ? [] : [{ caption: '', head: 'Case', columns, rows }],
    sentences: saidOnce(
      notMeasuredRemarks(places, ({ offline }) => offline),
      places,
    ),
  }
}
