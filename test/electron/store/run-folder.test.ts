import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRunFolder, readMachineLines } from '../../../electron/store/run-folder.ts'
import { createRunWriter } from '../../../electron/store/run-writer.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { exampleBlock, exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof BenchError ? error.record.code : String(error)
}

test('a written run reads back as it was, and nothing but its own files is left', async () => {
  const folder = join(root, 'written')
  const writer = await createRunWriter(folder)
  await writer.writeRecord(exampleRecord({ state: 'running' }))
  await writer.appendBlock('digits-b1', 'simulated-fp32', exampleBlock())
  await writer.appendBlock('digits-b1', 'simulated-fp32', exampleBlock({ block: 1, round: 1 }))
  await writer.appendMachineSample({ atMs: 1000, cpuLoadPercent: 5, cpuClockMhz: null, memoryUsedBytes: 7 })
  writer.appendLog('2026-01-01T00:00:00.000Z', 'simulated-fp32', 'hello')
  await writer.writeRecord(exampleRecord())
  await writer.close()

  const run = await openRunFolder(folder)
  expect(run.record).toEqual(exampleRecord())
  expect(await run.samples('digits-b1', 'simulated-fp32')).toEqual({
    blocks: [exampleBlock(), exampleBlock({ block: 1, round: 1 })],
    tornLines: 0,
  })
  expect(await readFile(join(folder, 'log.ndjson'), 'utf8')).toBe(
    '{"at":"2026-01-01T00:00:00.000Z","source":"simulated-fp32","line":"hello"}\n',
  )
  expect((await readdir(folder)).sort()).toEqual(['log.ndjson', 'machine.ndjson', 'run.json', 'samples'])
})

test('a line cut off by a crash is counted and left out, wherever it was cut', async () => {
  const folder = join(root, 'torn')
  const writer = await createRunWriter(folder)
  await writer.writeRecord(exampleRecord())
  await writer.appendBlock('digits-b1', 'simulated-fp32', exampleBlock())
  await writer.appendBlock('digits-b1', 'simulated-fp32', exampleBlock({ block: 1 }))
  await writer.close()
  const file = join(folder, 'samples', 'digits-b1', 'simulated-fp32.ndjson')
  const whole = (await readFile(file)).length
  const run = await openRunFolder(folder)
  for (const cut of [2, 20, 60]) {
    await truncate(file, whole - cut)
    expect(await run.samples('digits-b1', 'simulated-fp32')).toEqual({ blocks: [exampleBlock()], tornLines: 1 })
  }
})

test('closing removes what a killed worker left of its outputs, and nothing of one that lives', async () => {
  const writer = await createRunWriter(join(root, 'outputs-left'))
  const outputs = writer.outputsFolder('digits-b1', 'onnxruntime-fp32')
  await mkdir(outputs, { recursive: true })
  const ended = spawnSync(process.execPath, ['-e', '']).pid
  for (const name of ['logits.npy', `.logits.npy.${ended}.part`, `.logits.npy.${process.pid}.part`]) {
    await writeFile(join(outputs, name), '')
  }
  await writer.close()
  expect((await readdir(outputs)).sort()).toEqual([`.logits.npy.${process.pid}.part`, 'logits.npy'])
})

test('a run is never written over anything', async () => {
  const folder = join(root, 'occupied')
  await mkdir(folder)
  await writeFile(join(folder, 'mine.txt'), 'keep')
  expect(await codeOf(createRunWriter(folder))).toBe('folder-not-empty')
  expect(await readdir(folder)).toEqual(['mine.txt'])
  expect(await codeOf(createRunWriter(join(folder, 'mine.txt')))).toBe('folder-not-empty')
})

test('a record that cannot be trusted is refused with what is wrong', async () => {
  const folder = join(root, 'damaged')
  expect(await codeOf(openRunFolder(folder))).toBe('unknown-run')
  await mkdir(folder)
  const file = join(folder, 'run.json')
  await writeFile(file, JSON.stringify({ ...exampleRecord(), schemaVersion: 2 }))
  expect(await codeOf(openRunFolder(folder))).toBe('newer-schema')
  await writeFile(file, '{"schemaVersion": 1, "runId"')
  expect(await codeOf(openRunFolder(folder))).toBe('record-unreadable')
  await writeFile(file, JSON.stringify({ ...exampleRecord(), state: 'finished' }))
  expect(await codeOf(openRunFolder(folder))).toBe('record-unreadable')
})

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
