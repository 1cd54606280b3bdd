import { expect, test } from 'vitest'
import { fingerprintOf } from '../../../electron/system/fingerprint.ts'

const machine = {
  os: 'Debian 12',
  kernel: '6.1',
  cpuModel: 'CPU',
  physicalCores: 2,
  logicalCores: 4,
  memoryBytes: 8e9,
  cpuGovernor: null,
  virtualMachine: false,
  onBattery: null,
  gpus: [],
}

test('the same facts give the same hash, whatever the order they were recorded in', () => {
  const { os, ...rest } = machine
  expect(fingerprintOf({ ...rest, os }, { torch: '2.13.0', node: '20' }, '1')).toEqual(
    fingerprintOf(machine, { node: '20', torch: '2.13.0' }, '1'),
  )
})

test.each([
  ['a kernel', { machine: { ...machine, kernel: '6.2' } }],
  ['a library', { software: { torch: '2.14.0' } }],
  ['this program', { version: '2' }],
])('another version of %s gives another hash', (_what, change) => {
  const facts = { machine, software: { torch: '2.13.0' }, version: '1' }
  const hash = (from: typeof facts) => fingerprintOf(from.machine, from.software, from.version).hash
  expect(hash({ ...facts, ...change })).not.toBe(hash(facts))
})
