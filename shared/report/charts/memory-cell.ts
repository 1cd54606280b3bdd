// One case's peak memory as a mark on the column's own zero: the process peak, and what engine and allocator declare
// where they do. Where the process's peak is not known, the number is the next best and says which it is. In MiB.
import { type Figure, isMeasured } from '../../domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { figureText, mebibytesText } from '../figure-text.ts'
import { type Markup, markup } from '../markup.ts'
import { memoryWords, shownMemory } from '../shown-memory.ts'
import { chartCell, middle } from './cell.ts'
import { type Scale, zeroScale } from './scale.ts'

const mebibyte = 1024 * 1024
/** Room for a number behind the longest line. */
const labelRoom = 36

export function memoryScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.flatMap(({ memory }) => Object.values(memory).map(({ value }) => (value ?? 0) / mebibyte))
  const largest = Math.max(0, ...shown)
  return zeroScale(largest, width - labelRoom, largest >= 1000 ? 1 : 2)
}

export function memoryCell(entry: CaseRecord, scale: Scale, width: number): Markup {
  const { engineDeclaredBytes, allocatorPeakBytes, processPeakBytes } = entry.memory
  const label = memoryLabel(entry)
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
      : nextBest(entry, scale)),
  ]
  return chartCell({ width, scale, label }, marks)
}

function memoryLabel(entry: CaseRecord): string {
  const shown = shownMemory(entry)
  const process = `process peak ${figureText(entry.memory.processPeakBytes, 'MiB', mebibytesText)}`
  if (shown === null || shown.kind === 'processPeakBytes') return process
  return `${memoryWords[shown.kind]} ${mebibytesText(shown.bytes)} MiB; ${process}`
}

/** The number and what it is of, in two lines: the column is too narrow for one. */
function nextBest(entry: CaseRecord, scale: Scale): readonly Markup[] {
  const shown = shownMemory(entry)
  if (shown === null) return []
  const x = scale.position(shown.bytes / mebibyte) + 8
  return [
    markup`<text x="${x}" y="${middle - 1}" class="ink halo">${mebibytesText(shown.bytes)}</text><text x="${x}" y="${middle + 10}" class="note halo">${shortWords[shown.kind]}</text>`,
  ]
}

const shortWords = {
  processPeakBytes: 'process',
  allocatorPeakBytes: 'allocator',
  engineDeclaredBytes: 'engine',
} as const
