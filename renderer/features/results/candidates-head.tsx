// The heads of the columns: one title each, with its unit.

import type { Figure } from '../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { capitalized, intervalWords, levelText } from '../../../shared/report/figure-text.ts'
import { memoryTitle } from '../../../shared/report/shown-memory.ts'
import { Button } from '../../components/button.tsx'

interface CandidatesHeadProps {
  readonly head: RowHead
  readonly simulated: boolean
  readonly zoomed: boolean
  readonly onZoom: () => void
}

export function CandidatesHead({ head, simulated, zoomed, onZoom }: CandidatesHeadProps) {
  return (
    <div className="candidates-head micro">
      <span className="strong">Candidate</span>
      <span>
        <b title={speedupTitle}>{head.speedupTitle}</b>
        {head.speedupNote}
      </span>
      <span>
        <b>Latency{simulated ? ', simulated' : ''}</b>
        ms{' '}
        <Button kind="plain" onClick={onZoom} shortcut="Z">
          {zoomed ? 'shared axis' : 'zoom to row'}
        </Button>
      </span>
      <span className="percentiles">
        <b title="median, with its 95 % interval in the table">p50</b>
        <b title="95th percentile">p95</b>
        <b title="99th percentile">p99</b>
        <i>ms</i>
      </span>
      <span>
        <b>{head.memoryTitle}</b>
        MiB
      </span>
      <span>
        <b>Energy</b>
        <span title="joules per image, gross; net of idle power is below the rows">J / image</span>
      </span>
      {head.accuracy && (
        <span>
          <b>Accuracy</b>
          test set
        </span>
      )}
      <span>
        <b>Parity</b>
        {head.parityNote}
      </span>
    </div>
  )
}

const speedupTitle =
  'Compares the two medians of each round, then the rounds; it can differ slightly from the ratio of the two p50.'

/** The text over and under the columns: titles that name the baseline, which memory was read, and the counts. */
interface RowHead {
  readonly speedupTitle: string
  readonly speedupNote: string
  readonly roundsNote: string
  readonly memoryTitle: string
  readonly memoryNote: string
  readonly parityNote: string
  readonly imagesNote: string
  readonly accuracy: boolean
  /** How each process's peak was read, in full; null if no case says. */
  readonly memoryMethods: string | null
  readonly energyNote: string
  /** Why there is no energy; null if there is some. */
  readonly energyReason: string | null
  /** Class names that set the column widths. */
  readonly columns: string
}

export function rowHead(group: GroupRecord, cases: readonly CaseRecord[], simulated: boolean): RowHead {
  const baseline = cases.find(({ caseKey }) => caseKey === group.baseline)
  const heading = cases.map(({ speedup }) => speedup.heading).find((each) => each !== null)
  const onCpu = group.device === 'cpu'
  const images = Math.max(0, ...cases.map(({ parity }) => parity.figures?.imageCount ?? 0))
  const method = cases.map(({ speedup }) => speedup.interval?.method).find((each) => each !== undefined)
  const accuracy = cases.some((each) => each.accuracy.value !== null)
  const energy = cases.some(({ energyJoulesPerImage }) => energyJoulesPerImage.value !== null)
  const memoryMethods = distinct(cases.flatMap(({ processPeakMethod }) => processPeakMethod ?? []))
  return {
    speedupTitle: `Speedup over ${baseline ? caseName(baseline) : group.baseline}${simulated ? ', simulated' : ''}`,
    speedupNote: heading ?? `× of paired rounds, ${levelsText(cases)}`,
    roundsNote: method ? intervalWords(method) : 'no intervals',
    memoryTitle: capitalized(memoryTitle(group)),
    memoryNote: `${marksOf(cases)}${onCpu ? ' peak' : ''}`,
    memoryMethods: memoryMethods.length > 0 ? `process: ${memoryMethods.join('; ')}` : null,
    parityNote: baseline ? 'cosine, FP32 ref.' : 'cosine',
    imagesNote: images > 0 ? `n = ${images} images` : '',
    accuracy,
    energyNote: energy ? blocksNote(cases) : '',
    energyReason: energy
      ? null
      : distinct(cases.flatMap(({ energyJoulesPerImage: figure }) => reasonOf(figure))).join('; '),
    columns: [accuracy ? 'with-accuracy' : '', energy ? 'with-energy' : ''].filter(Boolean).join(' '),
  }
}

/** The marks of the numbers that at least one case has. */
function marksOf(cases: readonly CaseRecord[]): string {
  const has = (read: (memory: CaseRecord['memory']) => Figure) =>
    cases.some(({ memory }) => read(memory).value !== null)
  const marks = [
    has(({ engineDeclaredBytes }) => engineDeclaredBytes) ? '◇ engine' : '',
    has(({ allocatorPeakBytes }) => allocatorPeakBytes) ? '○ allocator' : '',
    has(({ processPeakBytes }) => processPeakBytes) ? '│ process' : '',
  ].filter(Boolean)
  return marks.length === 0 ? 'not measured' : marks.join('  ')
}

function blocksNote(cases: readonly CaseRecord[]): string {
  const blocks = distinct(
    cases.flatMap(({ energy }) => (energy && 'blockMs' in energy ? [`${Math.round(energy.blockMs / 1000)} s`] : [])),
  )
  return blocks.length === 0 ? 'gross' : `gross, ${blocks.join(', ')} blocks`
}

function reasonOf(figure: Figure): readonly string[] {
  return figure.value === null ? [figure.reason] : []
}

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)]
}

/** Holm's adjustment gives each comparison its own level: the level is then shown next to each figure. */
function levelsText(cases: readonly CaseRecord[]): string {
  const levels = new Set(cases.flatMap(({ speedup: { interval } }) => (interval === null ? [] : [levelText(interval)])))
  if (levels.size === 0) return 'no interval'
  const [only] = levels
  return levels.size === 1 && only !== undefined ? `${only} interval` : 'Holm-adjusted intervals'
}
