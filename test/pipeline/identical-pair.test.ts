// The shipped model beside itself, measured for real and judged by a floor of this machine's that lies there already:
// no difference is claimed, and the record says what it was judged by.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FloorFiles } from '../../electron/noise-floors/floor-files.ts'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { machineHashOf } from '../../electron/system/machine.ts'
import type { NoiseFloor } from '../../shared/domain/noise-floor.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { comparisonPlan, noiseFloorSubject } from '../../shared/planning/noise-floor-plan.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { nodeServices } from '../fakes/node-services.ts'
import { caseOf } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const servicesOf = nodeServices(temporaryFolder())

async function keepFloor(value: number): Promise<NoiseFloor> {
  const services = servicesOf()
  const floor: NoiseFloor = {
    value,
    interval: { low: value / 2, high: value, level: 0.86, method: 'order-statistic' },
    comparisons: 40,
    protocol: 2,
    preset: 'quick',
    device: 'cpu',
    subject: noiseFloorSubject('cpu'),
    machineHash: machineHashOf(await services.machine(), services.version),
    measuredAt: '2026-11-24T08:00:00.000Z',
  }
  const files = new FloorFiles(services.paths.noiseFloorsFolder)
  await mkdir(files.measuringFolder(floor), { recursive: true })
  await writeFile(join(files.measuringFolder(floor), 'note.txt'), 'comparisons would be here')
  await files.keep(floor)
  return floor
}

test('fault-26: a model beside itself is told from no other, by a floor that its record keeps', async () => {
  const services = servicesOf()
  const floor = await keepFloor(0.2)
  const started = await services.runs.start(
    { ...comparisonPlan('quick', 'cpu', 1, 1), budget: { mostLaunches: 2 } },
    null,
    () => {},
  )
  const record = await started.finished
  expect(record).toMatchObject({ state: 'completed', noiseFloor: floor })
  // A floor is of one launch: the mean of the launches made resolves more.
  const resolved = 20 / Math.sqrt(record.groups[0]?.launches?.length ?? Number.NaN)
  expect(record.notes).toContain(`Noise floor: this machine cannot resolve less than ${resolved.toFixed(1)} %.`)
  expect(['same', 'undecided', 'refused']).toContain(caseOf(record, 'onnxruntime-node-fp32.2').speedup.verdict)

  const run = await openRunFolder(await services.store.folderOf(record.runId))
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const caseKey of ['onnxruntime-node-fp32', 'onnxruntime-node-fp32.2']) {
    blocks.set(caseKey, (await run.samples('digits-b1', caseKey)).blocks)
  }
  expect(recomputeRecord(run.record, (_group, caseKey) => blocks.get(caseKey) ?? [])).toEqual(run.record)
}, 120_000)
