// What this machine cannot tell apart: the difference found between two copies of the same code, a line a preset, and
// the button that measures it. Anything smaller is called noise in every run of that preset.
import { useState } from 'react'
import { type Plan, type PresetName, presetNameSchema } from '../../../shared/domain/plan.ts'
import { FloorMarks } from '../../charts/floor-marks.tsx'
import { useChartWidth } from '../../charts/width-of.ts'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { Segments } from '../../components/segments.tsx'
import { errorRecord } from '../../format/error.ts'
import {
  isMeasuring,
  useCancelNoiseFloor,
  useMeasureNoiseFloor,
  useNoiseFloors,
  useNoiseFloorWork,
} from '../../state/noise-floors.ts'
import { useRunLive } from '../../state/run-live.ts'
import { NoiseFloorProgress } from './noise-floor-progress.tsx'
import { aboutDuration, floorSentence, floorText } from './noise-floor-text.ts'

interface NoiseFloorPanelProps {
  readonly hasGpu: boolean
}

export function NoiseFloorPanel({ hasGpu }: NoiseFloorPanelProps) {
  const [device, setDevice] = useState<Plan['device']>('cpu')
  const floors = useNoiseFloors()
  const work = useNoiseFloorWork()
  const measure = useMeasureNoiseFloor()
  const cancel = useCancelNoiseFloor()
  const { ref, width } = useChartWidth(320)
  const running = useRunLive(({ run }) => run !== null && !run.ended)
  const measuring = isMeasuring(work) || measure.isPending
  const own = (floors.data ?? []).filter((floor) => floor.device === device)
  const of = (preset: PresetName) => own.find((floor) => floor.preset === preset) ?? null
  const error = measure.error ?? cancel.error ?? floors.error
  return (
    <section aria-label="Noise floor">
      <div className="panel-head">
        <h2>
          Can it tell identical code apart? <small>A/A, %</small>
        </h2>
        {hasGpu && (
          <>
            <span className="grow" />
            <Segments
              label="Noise floor of"
              value={device}
              segments={[
                { value: 'cpu', label: 'CPU' },
                { value: 'cuda', label: 'CUDA' },
              ]}
              onChange={setDevice}
            />
          </>
        )}
      </div>
      <div ref={ref}>{own.length > 0 && <FloorMarks floors={own} width={width} />}</div>
      <ul className="noise-floors small" aria-label="Noise floor by preset">
        {presetNameSchema.options.map((preset) => {
          const floor = of(preset)
          return (
            <li key={preset}>
              <b>{preset}</b>
              <span className={floor ? undefined : 'faint'} title={floor ? floorSentence(floor) : undefined}>
                {floor ? floorText(floor) : 'not measured yet'}
              </span>
              {!measuring && (
                <Button
                  kind={floor ? 'plain' : 'normal'}
                  disabled={running}
                  title={
                    running
                      ? 'a benchmark is going on'
                      : `Compares a small case with itself 40 times as a ${preset} run would`
                  }
                  onClick={() => measure.mutate({ preset, device })}
                >
                  {floor ? 'Repeat' : 'Measure'} ({aboutDuration(preset)})
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {error ? (
        <RemedyStrip error={errorRecord(error)} />
      ) : (
        <NoiseFloorProgress work={work} onCancel={() => cancel.mutate()} cancelling={cancel.isPending} />
      )}
      <p className="micro faint panel-note">
        The difference between two copies of one case, in 95 % of the comparisons. A run calls anything smaller noise,
        and nothing under 2 % a gain. Leave the machine alone meanwhile.
      </p>
    </section>
  )
}
