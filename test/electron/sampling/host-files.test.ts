import { expect, test } from 'vitest'
import {
  createHostFiles,
  hugePageBytes,
  parseHugePages,
  parseProcessorTotals,
  parseProcessState,
  parseSwapIn,
} from '../../../electron/sampling/host-files.ts'

test('time that a host took away counts as work of others, interrupts as busy alone', () => {
  expect(parseProcessorTotals('cpu  10 2 3 80 5 1 4 6 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n')).toEqual({
    workMs: 210,
    busyMs: 260,
    totalMs: 1110,
  })
})

test('what a system does not tell is null', () => {
  expect([parseProcessorTotals(null), parseSwapIn(null), parseSwapIn('pgfault 3\n')]).toEqual([null, null, null])
  expect(parseSwapIn('pswpin 12\npswpout 7\n')).toBe(12)
})

test('the name of a process may hold brackets and spaces', () => {
  const fields = 'T 1 1 1 0 -1 0 0 0 0 0 25 5 0 0 20 0 1 0'
  expect(parseProcessState(`123 (odd) name (x) ${fields}`)).toEqual({ cpuTicks: 30, isStopped: true })
  expect(parseProcessState('123 (name) R')).toBeNull()
})

test('huge pages of a process are read in bytes, and are unknown for one that is gone', () => {
  const text =
    '55d4a0 ---p 00000000 00:00 0 [rollup]\nRss:  9000 kB\nAnonHugePages:      4096 kB\nShmemPmdMapped: 0 kB\n'
  expect(parseHugePages(text)).toBe(4_194_304)
  expect([parseHugePages(null), parseHugePages('Rss: 9000 kB\n'), hugePageBytes(2 ** 30)]).toEqual([null, null, null])
})

test.runIf(process.platform === 'linux')('this process tells its huge pages', () => {
  expect(hugePageBytes(process.pid)).toBeGreaterThanOrEqual(0)
})

test('this machine can be read', () => {
  const files = createHostFiles()
  const totals = files.processorTotals()
  expect(totals !== null && totals.totalMs >= totals.busyMs && totals.busyMs >= totals.workMs).toBe(true)
  expect(files.uptimeMs()).toBeGreaterThan(0)
})
