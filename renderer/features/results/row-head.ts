// What stands over and under the columns: titles that name the baseline, the memory that was read, and the counts.
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { levelText } from '../../../shared/report/figure-text.ts'
import { memoryTitle } from '../../../shared/report/memory-title.ts'

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export interface RowHead {
  readonly speedupTitle: string
  readonly speedupNote: string
  readonly roundsNote: string
  readonly memoryTitle: string
  readonly memoryNote: string
  readonly parityNote: string
  readonly imagesNote: string
  readonly accuracy: boolean
}

export function rowHead(group: GroupRecord, cases: readonly CaseRecord[], simulated: boolean): RowHead {
  const baseline = cases.find(({ caseKey }) => caseKey === group.baseline)
  const heading = cases.map(({ speedup }) => speedup.heading).find((each) => each !== null)
  const onCpu = group.device === 'cpu'
  const images = Math.max(0, ...cases.map(({ parity }) => parity.figures?.imageCount ?? 0))
  const method = cases.map(({ speedup }) => speedup.interval?.method).find((each) => each !== undefined)
  return {
    speedupTitle: `Speedup over ${baseline ? caseName(baseline) : group.baseline}${simulated ? ', simulated' : ''}`,
    speedupNote: heading ?? `×, ${levelsText(cases)}`,
    roundsNote: method ?? 'no interval was given',
    memoryTitle: capitalized(memoryTitle(group)),
    memoryNote: onCpu ? '│ process peak' : '◇ engine  ○ allocator  │ process',
    parityNote: baseline ? 'cosine, FP32 reference' : 'cosine',
    imagesNote: images > 0 ? `n = ${images} images` : '',
    accuracy: cases.some(({ accuracy }) => accuracy.value !== null),
  }
}

/** Holm's adjustment gives each comparison a level of its own: then the level stands beside each figure alone. */
function levelsText(cases: readonly CaseRecord[]): string {
  const levels = new Set(cases.flatMap(({ speedup: { interval } }) => (interval === null ? [] : [levelText(interval)])))
  const [only] = levels
  return levels.size === 1 && only !== undefined ? `${only} interval` : 'intervals adjusted for several comparisons'
}
