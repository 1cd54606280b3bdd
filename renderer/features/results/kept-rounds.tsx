// The rounds that were kept: a cell a block, each drawn from zero to twice the row's median; missing ones dashed.

import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { backendName } from '../../../shared/report/case-name.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../charts/width-of.ts'
import { backendColour, MarkShape } from '../../components/backend-mark.tsx'

interface KeptRoundsProps {
  readonly group: GroupRecord
  /** By case, in the group's order. */
  readonly blocks: readonly (readonly SampleBlock[])[]
  readonly rounds: number
}

const rowHeight = 40
const headHeight = 24
const nameWidth = 226
const outcomeWidth = 360
const drawnPerBlock = 24

export function KeptRounds({ group, blocks, rounds }: KeptRoundsProps) {
  const { ref, width } = useChartWidth(1216)
  const shown = Math.min(rounds, 24)
  const cell = (width - nameWidth - outcomeWidth) / shown
  const height = headHeight + group.cases.length * rowHeight
  return (
    <section aria-label="Kept rounds" ref={ref} className="kept-rounds">
      <h2>
        What was kept <small>each cell one block, from 0 to twice the row's median; left out of comparisons</small>
      </h2>
      <svg className="chart" width={width} height={height + 4} role="img" aria-label="Kept blocks by case and round">
        <text x={0} y={14} className="faint">
          Round
        </text>
        {Array.from({ length: shown }, (_, round) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rounds are fixed in number and order
          <text key={round} x={nameWidth + (round + 0.5) * cell} y={14} textAnchor="middle" className="faint">
            {round + 1}
          </text>
        ))}
        <text x={width - outcomeWidth + 100} y={14} textAnchor="end" className="faint">
          samples kept
        </text>
        <text x={width - outcomeWidth + 124} y={14} className="faint">
          Outcome
        </text>
        {group.cases.map((record, index) => (
          <KeptRow
            key={record.caseKey}
            record={record}
            blocks={blocks[index] ?? []}
            y={headHeight + index * rowHeight}
            cell={cell}
            shown={shown}
            width={width}
          />
        ))}
      </svg>
    </section>
  )
}

interface KeptRowProps {
  readonly record: CaseRecord
  readonly blocks: readonly SampleBlock[]
  readonly y: number
  readonly cell: number
  readonly shown: number
  readonly width: number
}

function KeptRow({ record, blocks, y, cell, shown, width }: KeptRowProps) {
  const middle = y + rowHeight / 2
  const sampleCount = blocks.reduce((sum, block) => sum + block.latenciesMs.length - block.leadSamples, 0)
  const failed = record.state === 'failed'
  return (
    <g>
      <line x1={0} x2={width} y1={y} y2={y} className="grid" />
      <MarkShape backend={record.backend} precision={record.precision} x={6} y={middle} />
      <text x={18} y={middle + 4} className="ink medium large">
        {backendName(record)}
      </text>
      <text x={nameWidth - 14} y={middle + 4} textAnchor="end">
        {precisionLabel(record.precision)}
      </text>
      <path
        d={pointsPath(blocks, nameWidth, cell, y, shown)}
        style={{ stroke: backendColour(record.backend), strokeWidth: 1.8 }}
      />
      <line
        x1={nameWidth + blocks.length * cell + 6}
        x2={nameWidth + shown * cell}
        y1={middle}
        y2={middle}
        className="grid"
        style={{ strokeDasharray: '2 4' }}
      />
      <text x={width - outcomeWidth + 100} y={middle + 4} textAnchor="end">
        {countText(sampleCount)}
      </text>
      <text x={width - outcomeWidth + 124} y={middle + 4} className={failed ? 'fail medium' : undefined}>
        {outcomeWords(record).slice(0, 48)}
        {record.reason && <title>{record.reason}</title>}
      </text>
    </g>
  )
}

/** State and reason, without saying the same twice: `failed: the worker was killed`. */
function outcomeWords({ state, reason }: CaseRecord): string {
  if (!reason) return state
  return reason.toLowerCase().startsWith(state) ? reason : `${state}: ${reason}`
}

/** One path for a whole row: a dot is a short stroke. */
function pointsPath(blocks: readonly SampleBlock[], left: number, cell: number, y: number, shown: number): string {
  const all = blocks.flatMap(({ latenciesMs, leadSamples }) => latenciesMs.slice(leadSamples)).sort((a, b) => a - b)
  const median = all[all.length >> 1] ?? 1
  const base = y + rowHeight - 5
  const parts: string[] = []
  blocks.slice(0, shown).forEach((block, round) => {
    const { latenciesMs, leadSamples } = block
    const stride = Math.max(1, Math.ceil(latenciesMs.length / drawnPerBlock))
    for (let index = leadSamples; index < latenciesMs.length; index += stride) {
      const x = left + round * cell + 4 + (index / latenciesMs.length) * (cell - 10)
      const latencyMs = latenciesMs[index] ?? 0
      parts.push(
        `M${x.toFixed(1)} ${(base - Math.min(1.05, latencyMs / (2 * median)) * (rowHeight - 10)).toFixed(1)}h1.8`,
      )
    }
  })
  return parts.join('')
}
