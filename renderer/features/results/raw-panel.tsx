// The chosen candidate's every sample over the clock, and the machine under it.
import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import type { ResponseOf } from '../../../shared/ipc/contract.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { zeroScale } from '../../../shared/report/charts/scale.ts'
import { RawSamples } from '../../charts/raw-samples.tsx'
import { summarisedSamples } from '../../charts/sample-series.ts'
import { useChartWidth } from '../../charts/width-of.ts'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { BlockTable } from './block-table.tsx'
import { machineSeries } from './machine-series.ts'

interface RawPanelProps {
  readonly record: CaseRecord
  readonly samples: ResponseOf<'run:samples'> | null
  readonly error: unknown
  readonly simulated: boolean
  readonly asTable: boolean
}

export function RawPanel({ record, samples, error, simulated, asTable }: RawPanelProps) {
  const { ref, width } = useChartWidth(420)
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false })
  const blocks = samples?.blocks ?? []
  const machine = useMemo(() => machineSeries(samples?.machine ?? []), [samples])
  const topMs = useMemo(() => topOf(samples, record.latencyMs.p50.value), [samples, record])
  const flagged = blocks.filter(({ flags }) => flags.length > 0).length
  const name = caseName(record)
  return (
    <section aria-label={`Raw samples of ${name}`} ref={ref}>
      <h2>
        {samples ? titleOf(blocks.length, flagged) : 'Reading the samples'}{' '}
        <small>
          {name}, ms{simulated ? ', simulated' : ''}
        </small>
      </h2>
      {error != null && <RemedyStrip error={errorRecord(error)} />}
      {samples && samples.tornLines > 0 && (
        <p className="small warn">{samples.tornLines} line cut off at the end of the file was left out.</p>
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
            label={`Every sample of ${name} over time; the table has the blocks`}
            scheme={scheme}
          />
          <p className="micro faint">
            {machine ? `below: ${machine.title}` : 'the machine was not sampled beside these'}; s from the run's start
          </p>
        </>
      )}
    </section>
  )
}

function titleOf(blocks: number, flagged: number): string {
  if (blocks === 0) return 'No samples were kept'
  return flagged === 0 ? `No flag on any of ${blocks} blocks` : `${flagged} of ${blocks} blocks flagged, kept, hollow`
}

/** Twice the median, or the slowest sample that is not an extreme of a few. */
function topOf(samples: ResponseOf<'run:samples'> | null, medianMs: number | null): number {
  const values = samples ? Float64Array.from(summarisedSamples(samples.blocks)).sort() : new Float64Array()
  const high = values[Math.floor((values.length - 1) * 0.999)] ?? 1
  return zeroScale(Math.max(2 * (medianMs ?? 0), high), 1, 4).max
}
