// Memory as three numbers with three meanings. Left out if the process's peak is the only one: the tables of the
// batches already have it. A missing number has its reason under "Not measured".
import { type Figure, isMeasured } from '../domain/figure.ts'
import type { RunRecord } from '../domain/run.ts'
import { nothingMeasured, numbers, type PassCell, type PassSection, words } from '../passes/pass-section.ts'
import { casePlaces } from './case-place.ts'
import { mebibytesText } from './figure-text.ts'
import { memoryTitle, memoryWords } from './shown-memory.ts'

export function memorySection(record: RunRecord): PassSection | null {
  const places = casePlaces(record)
  const isTold = places.some(
    ({ group, entry: { memory, processPeakMethod } }) =>
      (group.device !== 'cpu' && processPeakMethod !== undefined) ||
      isMeasured(memory.engineDeclaredBytes) ||
      isMeasured(memory.allocatorPeakBytes),
  )
  if (!isTold) return null
  const title = memoryTitle({ device: record.plan.device })
  return {
    key: 'memory',
    title: `${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    note: "Three numbers that are not comparable with each other: what the engine says it needs, the peak of the framework's allocator, and the peak of the process with its libraries and its context. Each case alone in a process of its own.",
    tables: [
      {
        caption: '',
        head: 'Case',
        columns: [
          numbers(memoryWords.engineDeclaredBytes, 'MiB'),
          numbers(memoryWords.allocatorPeakBytes, 'MiB'),
          numbers(memoryWords.processPeakBytes, 'MiB'),
          words('process peak read by'),
        ],
        rows: places.map(({ entry: { memory, processPeakMethod }, name }) => ({
          name,
          cells: [
            cell(memory.engineDeclaredBytes),
            cell(memory.allocatorPeakBytes),
            cell(memory.processPeakBytes),
            { text: processPeakMethod ?? '–' },
          ],
        })),
      },
    ],
    sentences: [],
  }
}

function cell(figure: Figure): PassCell {
  return isMeasured(figure) ? { text: mebibytesText(figure.value) } : nothingMeasured
}
