// On the page: how the intervals of a group narrowed from launch to launch, one picture for each comparison.
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { caseName } from '../case-words.ts'
import { markCell } from '../charts/cell.ts'
import { narrowed, narrowingChart, narrowingNote, narrowingOf } from '../charts/narrowing.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { ratioWords, verdictWords } from '../verdict-words.ts'

const size = { width: 240, height: 140 }

export function narrowings(group: GroupRecord, cases: readonly CaseRecord[], simulatedWords: string): Markup {
  const shown = narrowed(cases)
  if (shown.length === 0) return nothing
  const items = shown.map((entry) => {
    const chart = narrowingOf(entry, group, size)
    const picture = chart === null ? nothing : narrowingChart(chart, entry.backend)
    return markup`<li><span>${markCell(entry)}<b>${caseName(entry)}</b></span><p>${ratioWords(entry.speedup)} ${verdictWords(entry.speedup)}</p>${picture}</li>`
  })
  return markup`<figure class="launches"><figcaption>How the intervals narrowed over launches${simulatedWords}</figcaption><ul class="narrowings">${items}</ul><p class="how">${narrowingNote}</p></figure>`
}
