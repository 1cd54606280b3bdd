// A run that ended before anything could be compared: what happened, what to do, and what was kept.
import { presets } from '../../../shared/domain/plan.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { CaseRecord, RunRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { backendName } from '../../../shared/report/case-words.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { protocolOf } from '../../../shared/report/verdict-words.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { backendColour, MarkShape } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { Badge } from '../../components/glyph.tsx'
import { PageHead, TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { moment } from '../../format/quantity.ts'
import { goTo } from '../../state/place.ts'
import { changePlan, usePlanDraft } from '../../state/plan-draft.ts'
import { mostCasesLoaded, useSamples } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'

export function StoppedResults({ record }: { readonly record: RunRecord }) {
  const group = record.groups[0]
  const cases = (group?.cases ?? []).slice(0, mostCasesLoaded)
  const samples = useSamples(
    record.runId,
    group?.groupKey ?? '',
    cases.map(({ caseKey }) => caseKey),
  )
  const rounds = wantedRounds(record)
  const kept = cases.map((_, index) => samples[index]?.data?.blocks ?? [])
  const fullRounds = kept.length === 0 ? 0 : Math.min(...kept.map((blocks) => blocks.length))
  const again = () => {
    if (usePlanDraft.getState().plan) changePlan(record.plan)
    else usePlanDraft.setState({ plan: record.plan })
    goTo('benchmark')
  }
  useScreenKeys([{ keys: ['Enter'], label: 'plan again', bindings: { enter: again } }])
  const firstFailure = record.error ?? cases.map(({ error }) => error).find((error) => error !== null) ?? null
  return (
    <>
      <TopBar crumbs={['Results', record.modelName, moment(record.createdAt)]}>
        <Badge tone={record.state === 'cancelled' ? 'plain' : 'fail'}>{record.state}</Badge>
        {record.simulated && <Badge tone="simulated">simulated</Badge>}
        {fullRounds > 0 && <Badge tone="warn">partial</Badge>}
      </TopBar>
      <main className="page" aria-label="Results">
        <PageHead
          number={
            <>
              {fullRounds}
              <small> {rounds === null ? 'rounds' : `of ${rounds} rounds`}</small>
            </>
          }
          statement={statementOf(record)}
          explanation={
            fullRounds > 0
              ? 'Everything measured until then is kept. No speedup is shown because no case finished.'
              : 'Nothing was measured, so nothing is shown.'
          }
        />
        {firstFailure ? (
          <RemedyStrip error={firstFailure}>
            <Button onClick={() => goTo('setup')} shortcut="1">
              Open Setup
            </Button>
            <Button kind="primary" onClick={again} shortcut="↵">
              Plan again
            </Button>
          </RemedyStrip>
        ) : (
          <div className="strip">
            <div>The same plan can be run again from the start.</div>
            <Button kind="primary" onClick={again} shortcut="↵">
              Plan again
            </Button>
          </div>
        )}
        {group && (
          <KeptRounds
            cases={cases}
            others={group.cases.length - cases.length}
            blocks={kept}
            rounds={rounds ?? Math.max(1, ...kept.map((blocks) => blocks.length))}
          />
        )}
      </main>
    </>
  )
}

/** Null in protocol 2, which fixes no number of rounds. */
function wantedRounds({ protocol, plan }: RunRecord): number | null {
  const { launches, rounds } = presets[plan.preset]
  return protocolOf({ protocol }) === 1 ? launches * rounds : null
}

function statementOf(record: RunRecord): string {
  if (record.state === 'cancelled') return 'The run was cancelled before a case was finished.'
  if (record.state === 'interrupted') return 'The run was interrupted: Enginebench closed while it was running.'
  return 'The run failed before a case was finished.'
}

interface KeptRoundsProps {
  readonly cases: readonly CaseRecord[]
  /** Number of cases that are not drawn. */
  readonly others: number
  /** By case, in their order. */
  readonly blocks: readonly (readonly SampleBlock[])[]
  readonly rounds: number
}

const rowHeight = 40
const headHeight = 24
const nameWidth = 226
const outcomeWidth = 360
const drawnPerBlock = 24

/** The kept rounds: one cell per block, each drawn from zero to twice the row's median; missing ones dashed. */
function KeptRounds({ cases, others, blocks, rounds }: KeptRoundsProps) {
  const { ref, width } = useChartWidth(1216)
  const shown = Math.min(rounds, 24)
  const cell = (width - nameWidth - outcomeWidth) / shown
  const height = headHeight + cases.length * rowHeight
  return (
    <section aria-label="Kept rounds" ref={ref} className="kept-rounds">
      <h2>
        What was kept <small>one cell per block, from 0 to twice the row's median; not used in comparisons</small>
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
        {cases.map((record, index) => (
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
      {others > 0 && (
        <p className="small quiet">{countText(others)} more cases are not drawn; the report lists them.</p>
      )}
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

/** State and reason, without repetition: `failed: the worker was killed`. */
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
