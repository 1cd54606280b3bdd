// Energy for each image, from the counter of the board over one uninterrupted block.
import { isMeasured } from '../../domain/figure.ts'
import type { RunRecord } from '../../domain/run.ts'
import { countText, numberText } from '../figure-text.ts'
import { casePlaces, notMeasuredRemarks, saidOnce } from './case-place.ts'
import { nothingMeasured, numbers, type PassRow, type PassSection } from './pass-section.ts'
import { told } from './told.ts'

export function energySection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.energy !== undefined)
  if (places.length === 0) return null
  const rows: PassRow[] = []
  const remarks = [...notMeasuredRemarks(places, ({ energy }) => energy)]
  for (const place of places) {
    const { entry, name } = place
    const energy = told(entry.energy)
    if (energy === null) continue
    const { netJoulesPerImage: net, averageWatts, idleWatts, blockMs, images, boundary } = energy
    rows.push({
      name,
      cells: [
        ...[entry.energyJoulesPerImage, net].map((figure) =>
          isMeasured(figure) ? { text: numberText(figure.value) } : nothingMeasured,
        ),
        { text: numberText(averageWatts) },
        idleWatts === null ? nothingMeasured : { text: numberText(idleWatts) },
        { text: numberText(blockMs / 1000) },
        { text: countText(images) },
      ],
    })
    if (!isMeasured(net)) remarks.push({ place, sentence: `net figure not measured: ${net.reason}` })
    remarks.push({ place, sentence: `metered is ${boundary}` })
  }
  return {
    key: 'energy',
    title: 'Energy',
    note: 'From the board’s own counter over one uninterrupted block, each case alone. Net: the power of the board with the case loaded and idle taken off.',
    tables:
      rows.length === 0
        ? []
        : [
            {
              caption: '',
              head: 'Case',
              columns: [
                numbers('energy', 'J / image'),
                numbers('net', 'J / image'),
                numbers('average power', 'W'),
                numbers('idle power', 'W'),
                numbers('block', 's'),
                numbers('images'),
              ],
              rows,
            },
          ],
    sentences: saidOnce(remarks, places),
  }
}
