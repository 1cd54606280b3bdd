import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTurnGate, isAlive, thisProcess } from '../../../electron/store/process-lock.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

test('this process is alive by its own mark', async () => {
  expect(await isAlive(await thisProcess())).toBe(true)
})

test('a mark of another boot, or of another process that got the same pid, is of one that is gone', async () => {
  const mark = await thisProcess()
  expect(await isAlive({ ...mark, bootId: 'another' })).toBe(false)
  expect(await isAlive({ ...mark, startTicks: '1' })).toBe(false)
})

test('a process that has ended is gone', async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  const { bootId } = await thisProcess()
  expect(await isAlive({ pid: child.pid ?? 0, bootId, startTicks: null })).toBe(false)
})

const root = temporaryFolder()
const never = new AbortController().signal

function gateAt(name: string, onWait: () => void = () => {}) {
  const lockFile = join(root, name, 'turn.lock')
  const lines: string[] = []
  return {
    lockFile,
    lines,
    gate: createTurnGate({ lockFile, onWait, log: (line) => lines.push(line), lookAgainMs: 1 }),
  }
}

async function heldBy(pid: number, lockFile: string): Promise<void> {
  await rm(lockFile, { force: true })
  await writeFile(lockFile, JSON.stringify({ ...(await thisProcess()), pid }))
}

test('a job waits for that of a living process, says so once, and leaves no lock', async () => {
  let told = 0
  let isWaiting: () => void = () => {}
  const waiting = new Promise<void>((resolve) => {
    isWaiting = resolve
  })
  const { lockFile, gate } = gateAt('living', () => {
    told += 1
    isWaiting()
  })
  const order: string[] = []
  await gate(async () => {}, never)
  await heldBy(process.pid, lockFile)
  const done = gate(async () => order.push('work'), never)
  await waiting
  expect(order).toEqual([])
  await rm(lockFile)
  await done
  expect(order).toEqual(['work'])
  expect(told).toBe(1)
  expect(await readdir(join(root, 'living'))).toEqual([])
})

test('a lock of a process that is gone is taken over', async () => {
  const { lockFile, gate } = gateAt('stale')
  await gate(async () => {}, never)
  await heldBy(2 ** 22 + 1, lockFile)
  expect(await gate(async () => 'done', never)).toBe('done')
})

test('a job that is aborted while it waits is let through', async () => {
  const controller = new AbortController()
  const { lockFile, gate } = gateAt('aborted', () => controller.abort())
  await gate(async () => {}, never)
  await heldBy(process.pid, lockFile)
  expect(await gate(async () => 'ended', controller.signal)).toBe('ended')
})

test('a job that fails fails as it does, and one is not kept waiting by a folder that takes no lock', async () => {
  const { gate } = gateAt('failing')
  await expect(gate(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken')
  await writeFile(join(root, 'a file'), '')
  const refused = gateAt('a file')
  expect(await refused.gate(async () => 'done', never)).toBe('done')
  expect(refused.lines).toEqual([expect.stringContaining('Cannot wait for other processes')])
})
