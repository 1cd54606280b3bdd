// Floors from simulated comparisons: everything between a request and a floor on disk, in an instant.
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createNoiseFloors, type NoiseFloorDependencies } from '../../../electron/noise-floors/noise-floor-service.ts'
import type { NoiseFloorProgress } from '../../../electron/noise-floors/noise-floors.ts'
import type { RunService } from '../../../electron/services.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { runBench, simulatedPlan } from '../../fakes/run-bench.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const request = { preset: 'quick', device: 'cpu', comparisons: 40 } as const
const copies = [{ spread: 0.05 }, { spread: 0.05 }]
const folderOf = (start: { readonly folder: string }) => join(start.folder, `${'a'.repeat(16)}-quick-cpu`)

async function fixture(
  cases: readonly Readonly<Record<string, unknown>>[] = copies,
  onStart: (count: number) => void = () => {},
) {
  const folder = await mkdtemp(join(root, 'floors-'))
  const bench = await runBench(root)
  const starts = { watched: 0, unwatched: 0 }
  const start =
    (kind: keyof typeof starts): RunService['start'] =>
    (plan, out, onEvent) => {
      starts[kind] += 1
      onStart(starts.watched + starts.unwatched)
      return bench.service.start(simulatedPlan(cases, { preset: plan.preset, seed: plan.seed }), out, onEvent)
    }
  let suffix = 0
  const parts: NoiseFloorDependencies = {
    folder,
    runs: { watched: { start: start('watched') }, unwatched: { start: start('unwatched') } },
    machine: async () => exampleRecord().fingerprint.machine,
    machineHash: async () => 'a'.repeat(64),
    nowMs: () => bench.clock.nowNs() / 1e6,
    utcNow: () => new Date(Date.UTC(2026, 10, 24)),
    randomSuffix: () => {
      suffix += 1
      return `c${suffix}`
    },
  }
  return { folder, starts, parts, floors: createNoiseFloors(parts) }
}

describe('measuring a noise floor', () => {
  it('compares a case with itself forty times, watches the machine once, and keeps the floor for this machine alone', async () => {
    const bench = await fixture()
    const told: NoiseFloorProgress[] = []
    const floor = await bench.floors.measure(request, (progress) => told.push(progress)).finished
    expect(floor).toEqual({
      value: expect.any(Number),
      interval: expect.objectContaining({ method: 'order-statistic, up to the largest of 40 comparisons' }),
      comparisons: 40,
      protocol: 2,
      preset: 'quick',
      device: 'cpu',
      subject: 'digits, onnxruntime-node fp32, batch 1',
      machineHash: 'a'.repeat(64),
      measuredAt: '2026-11-24T00:00:00.000Z',
    })
    expect(floor.value).toBeGreaterThan(0.001)
    expect(floor.value).toBeLessThan(0.05)
    expect(bench.starts).toEqual({ watched: 1, unwatched: 39 })
    expect(told[0]).toEqual({ done: 0, of: 40, remainingMs: null })
    expect(told.at(-1)).toEqual({ done: 40, of: 40, remainingMs: 0 })
    expect(await bench.floors.list()).toEqual([floor])
    expect(await bench.floors.find('quick', 'cpu')).toEqual(floor)
    expect(await bench.floors.find('standard', 'cpu')).toBe(null)
    expect(await readdir(join(folderOf(bench), 'measured'))).toHaveLength(40)

    const elsewhere = createNoiseFloors({ ...bench.parts, machineHash: async () => `${'a'.repeat(63)}b` })
    expect([await elsewhere.list(), await elsewhere.find('quick', 'cpu')]).toEqual([[], null])
    await writeFile(`${folderOf(bench)}.json`, '{"value": ')
    expect([await bench.floors.list(), await bench.floors.find('quick', 'cpu')]).toEqual([[], null])
  })

  it('goes on from what an earlier measurement left when it was cancelled', async () => {
    let cancel = () => {}
    const bench = await fixture(copies, (count) => {
      if (count === 26) cancel()
    })
    const first = bench.floors.measure(request, () => {})
    cancel = first.cancel
    await expect(first.finished).rejects.toThrow('Measuring the noise floor was cancelled.')
    expect(await bench.floors.list()).toEqual([])
    expect(await readdir(join(folderOf(bench), 'measuring'))).toHaveLength(25)
    const told: number[] = []
    const again = createNoiseFloors(bench.parts)
    const floor = await again.measure(request, ({ done }) => told.push(done)).finished
    expect(told[0]).toBe(25)
    expect(floor.comparisons).toBe(40)
    expect(bench.starts.watched + bench.starts.unwatched).toBe(41)
  })

  it('ends with a reason where the comparisons show nothing, and keeps no floor', async () => {
    const bench = await fixture([{ steady: false }, { steady: false }])
    await expect(bench.floors.measure(request, () => {}).finished).rejects.toMatchObject({
      record: { code: 'invalid-samples', message: expect.stringContaining('no steady state') },
    })
    expect(await bench.floors.list()).toEqual([])
    expect(bench.starts.watched + bench.starts.unwatched).toBe(20)
  })

  it('can be asked for again where earlier comparisons showed nothing', async () => {
    const bench = await fixture([{ steady: false }, { steady: false }])
    await expect(bench.floors.measure(request, () => {}).finished).rejects.toThrow()
    const quiet = await fixture()
    const again = createNoiseFloors({ ...quiet.parts, folder: bench.folder })
    expect(await again.measure(request, () => {}).finished).toMatchObject({ comparisons: 40 })
  })

  it('ends with the failure of a comparison', async () => {
    const broken = { fault: { stage: 'measure', code: 'worker-crashed' } }
    const bench = await fixture([broken, broken])
    await expect(bench.floors.measure(request, () => {}).finished).rejects.toMatchObject({
      record: { code: 'worker-crashed' },
    })
  })

  it('refuses fewer than forty comparisons, and a second measurement beside the first', async () => {
    const bench = await fixture()
    await expect(bench.floors.measure({ ...request, comparisons: 39 }, () => {}).finished).rejects.toMatchObject({
      record: { code: 'bad-usage', message: expect.stringContaining('39') },
    })
    const first = bench.floors.measure(request, () => {})
    await expect(bench.floors.measure(request, () => {}).finished).rejects.toMatchObject({
      record: { code: 'bad-usage' },
    })
    first.cancel()
    await expect(first.finished).rejects.toThrow('cancelled')
  })
})
