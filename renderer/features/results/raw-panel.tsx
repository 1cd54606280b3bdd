// Every sample of the chosen candidate over time, and the machine below.
import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { MachinePoint, ResponseOf } from '../../../shared/ipc/contract.ts'
import { caseName } from '../../../shared/report/case-words.ts'
import { zeroScale } from '../../../shared/report/charts/scale.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { type MachineSeries, RawSamples } from '../../charts/raw-samples.tsx'
import { summarisedSamples } from '../../charts/sample-cloud.ts'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { ChartTable } from '../../components/tables.tsx'
import { errorRecord } from '../../format/error.ts'
import { useMachineLines, useSamplesOf } from '../../state/runs.ts'

interface RawPanelProps {
  readonly runId: string
  readonly groupKey: string
  readonly record: CaseRecord
  readonly simulated: boolean
  readonly asTable: boolean
}

export function RawPanel({ runId, groupKey, record, simulated, asTable }: RawPanelProps) {
  const { data: samples = null, error } = useSamplesOf(runId, groupKey, record.caseKey)
  const { data: points } = useMachineLines(runId)
  const { ref, width } = useChartWidth(420)
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false })
  const blocks = samples?.blocks ?? []
  const machine = useMemo(() => machineSeries(points ?? []), [points])
  const topMs = useMemo(() => topOf(samples, record.latencyMs.p50.value), [samples, record])
  const flagged = blocks.filter(({ flags }) => flags.length > 0).length
  const name = caseName(record)
  return (
    <section aria-label={`Raw samples of ${name}`} ref={ref}>
      <h2>
        {samples ? titleOf(blocks.length, flagged) : 'Loading the samples'}{' '}
        <small>
          {name}, ms{simulated ? ', simulated' : ''}
        </small>
      </h2>
      {error != null && <RemedyStrip error={errorRecord(error)} />}
      {samples && samples.tornLines > 0 && (
        <p className="small warn">{samples.tornLines} incomplete line at the end of the file was ignored.</p>
      )}
      {blocks.length > 0 && asTable && <BlockTable blocks={blocks} />}
      {blocks.length > 0 && !asTable && (
        <>
          <RawSamples
            blocks={blocks}
            machine={machine}
            colour={`--b-${record.backend}`}
            topMs={topMs}
            width={width}
            label={`Every sample of ${name} over time; blocks are in the table`}
            scheme={scheme}
          />
          <p className="micro faint">
            {machine ? `below: ${machine.title}` : 'the machine was not sampled during this run'}; time in s from the
            start of the run
          </p>
        </>
      )}
    </section>
  )
}

function titleOf(blocks: number, flagged: number): string {
  if (blocks === 0) return 'No samples were kept'
  return flagged === 0
    ? `None of ${blocks} blocks is flagged`
    : `${flagged} of ${blocks} blocks are flagged: kept, drawn hollow`
}

/** Twice the median, or the slowest sample if it is not one of a few extremes. */
function topOf(samples: ResponseOf<'run:samples'> | null, medianMs: number | null): number {
  const values = samples ? Float64Array.from(summarisedSamples(samples.blocks)).sort() : new Float64Array()
  const high = values[Math.floor((values.length - 1) * 0.999)] ?? 1
  return zeroScale(Math.max(2 * (medianMs ?? 0), high), 1, 4).max
}

/** Raw samples as a table: one line per block. */
function BlockTable({ blocks }: { readonly blocks: readonly SampleBlock[] }) {
  return (
    <div className="block-table">
      <ChartTable
        caption="Blocks in the order measured"
        columns={[
          { title: 'Launch', number: true },
          { title: 'Round', number: true },
          { title: 'Samples', number: true },
          { title: 'Median, ms', number: true },
          { title: 'Slowest, ms', number: true },
          { title: 'Flags' },
        ]}
        rows={blocks.map((block) => ({
          key: String(block.block),
          cells: [
            block.launch + 1,
            block.round + 1,
            countText(block.latenciesMs.length - block.leadSamples),
            numberText(medianOf(block)),
            numberText(block.latenciesMs.reduce((slowest, each) => Math.max(slowest, each), 0)),
            block.flags.length > 0 ? block.flags.join(', ').replaceAll('-', ' ') : '–',
          ],
        }))}
      />
    </div>
  )
}

function medianOf({ latenciesMs, leadSamples }: SampleBlock): number {
  const sorted = latenciesMs.slice(leadSamples).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** The machine's series that best explains latency: the GPU's clock, else the processor's, else its load. */
function machineSeries(points: readonly MachinePoint[]): MachineSeries | null {
  const timesS = points.map(({ atMs }) => atMs / 1000)
  const gpuClocks = points.map(({ gpu }) => (gpu?.smClockMhz == null ? null : gpu.smClockMhz / 1000))
  if (gpuClocks.some((clock) => clock !== null))
    return { title: 'SM clock, GHz', timesS, values: gpuClocks, max: topClock(gpuClocks) }
  const clocks = points.map(({ cpuClockMhz }) => (cpuClockMhz === null ? null : cpuClockMhz / 1000))
  if (clocks.some((clock) => clock !== null)) {
    return { title: 'CPU clock, GHz', timesS, values: clocks, max: topClock(clocks) }
  }
  const loads = points.map(({ cpuLoadPercent }) => cpuLoadPercent)
  return loads.some((load) => load !== null) ? { title: 'CPU load, %', timesS, values: loads, max: 100 } : null
}

/** Rounded up to the next half gigahertz. */
function topClock(clocks: readonly (number | null)[]): number {
  return Math.ceil(clocks.reduce<number>((top, clock) => Math.max(top, clock ?? 0), 0) * 2) / 2
}
