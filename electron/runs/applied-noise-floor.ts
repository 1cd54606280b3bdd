// What a run will be judged by, looked up before anything is measured, so that no result can choose its own bar.
import type { AppliedNoiseFloor } from '../../shared/domain/noise-floor.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunDependencies } from './run-dependencies.ts'

export async function appliedNoiseFloor(
  { noiseFloor }: Pick<RunDependencies, 'noiseFloor'>,
  { plan }: Pick<RunRecord, 'plan'>,
): Promise<AppliedNoiseFloor> {
  if (plan.candidates.every(({ backend }) => backend === 'simulated'))
    return { notMeasured: 'A simulated run does not depend on the machine.' }
  const { preset, device } = plan
  return (
    (await noiseFloor(preset, device)) ?? {
      notMeasured: `The noise floor of this machine was not measured for ${preset} runs on ${device}: enginebench noise-floor --preset ${preset}${device === 'cpu' ? '' : ` --device ${device}`}`,
    }
  )
}
