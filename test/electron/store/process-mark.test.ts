import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive, thisProcess } from '../../../electron/store/process-mark.ts'

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
