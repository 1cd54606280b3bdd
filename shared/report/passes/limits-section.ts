// What each case reaches of what its device could do, and what holds it back. The chart beside it is a roofline.
import type { RunRecord } from '../../domain/run.ts'
import { numberText, percentText, prefixedText } from '../figure-text.ts'
import { casePlaces, notMeasuredRemarks, type Remark, saidOnce } from './case-place.ts'
import { numbers, type PassRow, type PassSection, words } from './pass-section.ts'
import { told } from './told.ts'

export function limitsSection(record: RunRecord): PassSection | null {
  const places = casePlaces(record).filter(({ entry }) => entry.limits !== undefined)
  if (places.length === 0) return null
  const rows: PassRow[] = []
  const sources: Remark[] = []
  const remarks = [...notMeasuredRemarks(places, ({ limits }) => limits)]
  for (const place of places) {
    const { entry, name } = place
    const limits = told(entry.limits)
    if (limits === null) continue
    const { work, peak, operationsPerSecond, intensity, shareOfRoof, boundBy, reason } = limits
    rows.push({
      name,
      cells: [
        { text: percentText(shareOfRoof) },
        { text: boundBy.replaceAll('-', ' ') },
        { text: prefixedText(operationsPerSecond).trimEnd() },
        { text: prefixedText(peak.operationsPerSecond).trimEnd() },
        { text: prefixedText(peak.bytesPerSecond).trimEnd() },
        { text: prefixedText(work.operations).trimEnd() },
        { text: prefixedText(work.bytes).trimEnd() },
        { text: numberText(intensity) },
      ],
    })
    remarks.push({ place, sentence: reason })
    sources.push({ place, sentence: `peaks of the device, ${peak.source}` })
  }
  return {
    key: 'limits',
    title: 'Limits of the hardware',
    note: 'Work is counted from the model’s graph: two operations for each multiply and add, each weight read once, each activation written and read once. The roof is the device’s bandwidth times operations a byte, up to its peak.',
    tables:
      rows.length === 0
        ? []
        : [
            {
              caption: '',
              head: 'Case',
              columns: [
                numbers('of the roof'),
                words('bound by'),
                numbers('reached', 'operations / s'),
                numbers('peak', 'operations / s'),
                numbers('bandwidth', 'B / s'),
                numbers('work', 'operations / query'),
                numbers('moved', 'B / query'),
                numbers('intensity', 'operations / B'),
              ],
              rows,
            },
          ],
    sentences: saidOnce([...remarks, ...sources], places),
  }
}
