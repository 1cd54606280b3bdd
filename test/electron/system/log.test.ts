import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../electron/system/log.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enginebench-log-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a line is one JSON object, with the cause of an error and its stack', async () => {
  const log = createLog(folder, 'test')
  log.info('started')
  log.error('broken', new TypeError('no such thing'))
  const text = await readFile(join(folder, 'enginebench.log'), 'utf8')
  const [first, second] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => JSON.parse(line))
  expect(first).toEqual({
    at: expect.any(String),
    process: 'test',
    pid: process.pid,
    level: 'info',
    message: 'started',
  })
  expect(second).toMatchObject({
    level: 'error',
    message: 'broken',
    cause: expect.stringContaining('TypeError: no such thing'),
  })
})
