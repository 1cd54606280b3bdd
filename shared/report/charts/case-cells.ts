// The chart cells of one case: its speedup, latency and memory, each on the scale shared by all rows of its column.

import { backendRows } from '../../domain/backend.ts'
import { type Figure, isMeasured } from '../../domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { speedupWords } from '../case-words.ts'
import { figureText, figureWithInterval, mebibytesText, timesText } from '../figure-text.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { memoryWords, shownMemory } from '../shown-memory.ts'
import { besideBar, verdictWords } from '../verdict-words.ts'
import { cellHeight, chartCell, mark, middle, whisker } from './cell.ts'
import { type Scale, zeroScale } from './scale.ts'

const barHeight = 15
const top = (cellHeight - barHeight) / 2

/** Space for a label after the longest bar. */
const speedupLabelRoom = 82

/**
 * One case's speedup as a bar from zero with its interval. A refusal is a dashed outline with its reason; what was not
 * measured is not drawn.
 */
export function speedupScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.map(({ speedup }) =>
    speedup.verdict === 'refused' ? 0 : (speedup.interval?.high ?? speedup.value ?? 0),
  )
  return zeroScale(Math.max(1, ...shown), width - speedupLabelRoom, 4)
}

export function speedupCell(entry: CaseRecord, group: GroupRecord, scale: Scale, width: number): Markup {
  const label = speedupWords(entry, group)
  const one = markup`<line x1="${scale.position(1)}" x2="${scale.position(1)}" y1="0" y2="${cellHeight}" class="one"/>`
  return chartCell({ width, scale, label }, [one, content(entry, group, scale, width)])
}

function content(entry: CaseRecord, group: GroupRecord, scale: Scale, width: number): Markup {
  const { speedup, state } = entry
  if (state !== 'completed' || speedup.verdict === 'refused' || speedup.value === null) return refused(entry, width)
  const end = scale.position(speedup.value)
  const { interval } = speedup
  const bar = markup`<rect x="0" y="${top}" width="${end}" height="${barHeight}" class="${barLook(entry)}"/>`
  const labelAt = Math.max(end, interval === null ? 0 : scale.position(interval.high)) + 8
  if (interval === null) return markup`${bar}${valueLabel(entry, group, labelAt)}`
  const claim = markup`${bar}${whisker(scale.position(interval.low), scale.position(interval.high), middle)}`
  const words = besideBar(speedup)
  if (words === null) return markup`${claim}${valueLabel(entry, group, labelAt)}`
  const hasRoom = labelAt < width - 110
  return markup`${claim}${twoLines(hasRoom ? labelAt : 8, 'ink', words.head, words.note, hasRoom ? width : end)}`
}

function valueLabel({ caseKey, speedup }: CaseRecord, { baseline }: GroupRecord, x: number): Markup {
  const isBaseline = caseKey === baseline
  const words = isBaseline || speedup.value === null ? '1 ×' : timesText(speedup.value)
  return markup`<text x="${x}" y="${middle + 4.5}" class="large ink halo">${words}${isBaseline ? markup`<tspan class="note"> baseline</tspan>` : nothing}</text>`
}

function barLook({ backend, precision, speedup }: CaseRecord): string {
  const pale = precision === 'fp32' || precision === 'tf32' ? 'pale' : ''
  const faint = besideBar(speedup) === null ? '' : 'faint'
  return `bar ${pale} ${faint} ${backendRows[backend].marker === 'dashed' ? 'dashed' : ''} b-${backend}`
}

function refused({ state, reason, speedup }: CaseRecord, width: number): Markup {
  const isComplete = state === 'completed'
  const head = `✕ ${isComplete ? verdictWords(speedup) : state}`
  const why = isComplete ? speedup.reason : (reason ?? speedup.reason)
  return markup`<rect x="0.5" y="${top}" width="20" height="${barHeight}" class="outline"/>${twoLines(30, 'fail', head, why, width)}`
}

function twoLines(x: number, look: string, head: string, note: string, width: number): Markup {
  return markup`<text x="${x}" y="${middle - 2}" class="${look} halo">${head}</text><text x="${x}" y="${middle + 11}" class="note halo">${fitted(note, width - x)}<title>${note}</title></text>`
}

/** Truncated to fit; the whole sentence is below the table. */
function fitted(text: string, width: number): string {
  const most = Math.max(10, Math.floor(width / 5.5))
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text
}

/** One case's latency: the median with its interval, and p95 and p99 as ticks if there are enough samples for them. */
export function latencyScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.flatMap(({ latencyMs: { p50, p95, p99 } }) => [p50.value ?? 0, p95.value ?? 0, p99.value ?? 0])
  return zeroScale(Math.max(0, ...shown), width, 3)
}

export function latencyCell(entry: CaseRecord, scale: Scale, width: number): Markup {
  const { p50, p95, p99 } = entry.latencyMs
  const label = `p50 ${figureWithInterval(p50, 'ms')}`
  if (!isMeasured(p50)) return chartCell({ width, scale, label }, [])
  const x = scale.position(p50.value)
  const last = isMeasured(p99) ? p99.value : isMeasured(p95) ? p95.value : p50.value
  const tail = markup`<line x1="${x}" x2="${scale.position(last)}" y1="${middle}" y2="${middle}" class="tail"/>`
  const ticks = [p95, p99].flatMap((figure) => {
    if (!isMeasured(figure)) return []
    const at = scale.position(figure.value)
    return [markup`<line x1="${at}" x2="${at}" y1="${middle - 5}" y2="${middle + 5}" class="tick"/>`]
  })
  const interval =
    p50.interval === null
      ? nothing
      : whisker(scale.position(p50.interval.low), scale.position(p50.interval.high), middle)
  return chartCell({ width, scale, label }, [tail, ...ticks, mark(entry, x, middle), interval])
}

const mebibyte = 1024 * 1024
/** Space for a number after the longest line. */
const memoryLabelRoom = 36

/**
 * One case's peak memory as a mark on the column's own axis from zero: the process peak, and the engine's and
 * allocator's numbers if reported. Without a process peak, the next best number is shown and named. In MiB.
 */
export function memoryScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.flatMap(({ memory }) => Object.values(memory).map(({ value }) => (value ?? 0) / mebibyte))
  const largest = Math.max(0, ...shown)
  return zeroScale(largest, width - memoryLabelRoom, largest >= 1000 ? 1 : 2)
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
          markup`<line x1="0" x2="${at(processPeakBytes)}" y1="${middle}" y2="${middle}" class="tail"/><rect x="${at(processPeakBytes) - 1.5}" y="${middle - 6}" width="3" height="12" class="bar ${backendRows[entry.backend].marker === 'dashed' ? 'dashed' : ''} b-${entry.backend}"/><text x="${at(processPeakBytes) + 6}" y="${middle + 4}" class="ink halo">${mebibytesText(processPeakBytes.value)}</text>`,
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

/** The number and its meaning on two lines: the column is too narrow for one. */
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
