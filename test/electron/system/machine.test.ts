import { expect, test } from 'vitest'
import { createMachineReader, fingerprintOf, int8Gap, machineHashOf } from '../../../electron/system/machine.ts'
import { fingerprintSchema } from '../../../shared/domain/fingerprint.ts'

test('this machine is described in full and the same each time, with at least one core and some memory', async () => {
  const read = createMachineReader()
  const machine = await read()
  expect(fingerprintSchema.shape.machine.parse(machine)).toEqual(machine)
  expect(await read()).toEqual(machine)
  expect(Object.keys(machine).toSorted()).toEqual(Object.keys(fingerprintSchema.shape.machine.shape).toSorted())
  expect(machine.physicalCores).toBeGreaterThan(0)
  expect(machine.logicalCores).toBeGreaterThanOrEqual(machine.physicalCores)
  expect(machine.memoryBytes).toBeGreaterThan(2 ** 28)
})

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

const gpu = { name: 'GPU', memoryBytes: 8e9, driver: '570.1', powerLimitWatts: 700, migMode: false, uuid: 'GPU-1' }

test.each([
  ['a power limit', { gpus: [{ ...gpu, powerLimitWatts: 350 }] }],
  ['MIG', { gpus: [{ ...gpu, migMode: true }] }],
  ['a board', { gpus: [{ ...gpu, uuid: 'GPU-2' }] }],
  ['clock boost', { cpuBoost: false }],
  ['a limit of processors', { cpuLimitCores: 1.5 }],
  ['a container', { container: true }],
])('%s makes another machine, for a run and for its noise floor', (_what, change) => {
  const before = { ...machine, gpus: [gpu], cpuBoost: true, cpuLimitCores: 'none' as const, container: false }
  const hashes = (of: typeof before | (Omit<typeof before, 'cpuLimitCores'> & { cpuLimitCores: number | 'none' })) => [
    fingerprintOf(of, {}, '1').hash,
    machineHashOf(of, '1'),
  ]
  const [run, floor] = hashes({ ...before, ...change })
  expect(hashes(before)).toEqual(hashes({ ...before }))
  expect([run, floor]).not.toContain(hashes(before)[0])
  expect([run, floor]).not.toContain(hashes(before)[1])
})

test('a record from before these facts keeps the hash that it was given', () => {
  expect(fingerprintOf(machine, { torch: '2.13.0' }, '1').hash).toBe(
    '83bb8b95482f04c96b729ee07029214674ade0a19149fdc6163c105cb8476a9d',
  )
})

test('a processor without VNNI is told, one with it or with unknown flags is not', async () => {
  const of = (flags: string) => int8Gap(`processor\t: 0\nflags\t\t: ${flags}\nbugs\t\t:\n`)
  expect(await of('fpu avx2 avx512bw')).toMatch(/^This processor has no VNNI: /)
  expect(await Promise.all([of('fpu avx2 avx_vnni'), of('fpu avx512_vnni'), int8Gap('processor\t: 0\n')])).toEqual([
    null,
    null,
    null,
  ])
})
