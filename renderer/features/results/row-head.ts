// What stands over and under the columns: titles that name the baseline, the memory that was read, and the counts.
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-name.ts'
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
    speedupNote: heading ?? '×, 95 % interval',
    roundsNote: method ?? 'no interval was given',
    memoryTitle: capitalized(memoryTitle(group)),
    memoryNote: onCpu ? '│ process peak' : '◇ engine  ○ allocator  │ process',
    parityNote: baseline ? 'cosine, FP32 reference' : 'cosine',
    imagesNote: images > 0 ? `n = ${images} images` : '',
    accuracy: cases.some(({ accuracy }) => accuracy.value !== null),
  }
}
