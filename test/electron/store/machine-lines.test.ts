import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readMachineLines } from '../../../electron/store/machine-lines.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machine-lines-'))
})
afterEach(() => rm(folder, { recursive: true }))

const point = { atMs: 1_000, cpuLoadPercent: 40, cpuClockMhz: null, memoryUsedBytes: 2_000 }

test('whole lines are read in order and a torn last line is left out', async () => {
  const file = join(folder, 'machine.ndjson')
  await writeFile(file, `${JSON.stringify(point)}\n${JSON.stringify({ ...point, atMs: 2_000 })}\n{"atMs":30`)
  expect(await readMachineLines(file)).toEqual([point, { ...point, atMs: 2_000 }])
})

test('a run whose machine was not sampled has no points', async () => {
  expect(await readMachineLines(join(folder, 'machine.ndjson'))).toEqual([])
})
