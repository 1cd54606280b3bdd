import { expect, test } from 'vitest'
import { createMachineReader } from '../../../electron/system/machine.ts'
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
