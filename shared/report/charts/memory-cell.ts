// One case's peak memory as a mark on the column's own zero: the process peak, and what engine and allocator declare
// where they do. In MiB.
import { type Figure, isMeasured } from '../../domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { figureText, mebibytesText } from '../figure-text.ts'
import { type Markup, markup } from '../markup.ts'
import { chartCell, middle } from './cell.ts'
import { type Scale, zeroScale } from './scale.ts'

const mebibyte = 1024 * 1024
/** Room for a number behind the longest line. */
const labelRoom = 36

export function memoryScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.flatMap(({ memory }) => Object.values(memory).map(({ value }) => (value ?? 0) / mebibyte))
  return zeroScale(Math.max(0, ...shown), width - labelRoom, 2)
}

export function memoryCell(entry: CaseRecord, scale: Scale, width: number): Markup {
  const { engineDeclaredBytes, allocatorPeakBytes, processPeakBytes } = entry.memory
  const label = `process peak ${figureText(processPeakBytes, 'MiB', mebibytesText)}`
  const at = ({ value }: Figure) => scale.position((value ?? 0) / mebibyte)
  const marks = [
    ...(isMeasured(engineDeclaredBytes)
      ? [
          markup`<path d="M${at(engineDeclaredBytes)} ${middle - 4}l4 4l-4 4l-4 -4z" class="mark hollow b-${entry.backend}"/>`,
        ]
      : []),
    ...(isMeasured(allocatorPeakBytes)
      ? [markup`<circle cx="${at(allocatorPeakBytes)}" cy="${middle}" r="3.5" class="mark hollow b-${entry.backend}"/>`]
      : []),
    ...(isMeasured(processPeakBytes)
      ? [
          markup`<line x1="0" x2="${at(processPeakBytes)}" y1="${middle}" y2="${middle}" class="tail"/><rect x="${at(processPeakBytes) - 1.5}" y="${middle - 6}" width="3" height="12" class="bar ${entry.backend === 'simulated' ? 'dashed' : ''} b-${entry.backend}"/><text x="${at(processPeakBytes) + 6}" y="${middle + 4}" class="ink halo">${mebibytesText(processPeakBytes.value)}</text>`,
        ]
      : []),
  ]
  return chartCell({ width, scale, label }, marks)
}
