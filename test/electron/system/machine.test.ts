import { expect, test } from 'vitest'
import { readMachine } from '../../../electron/system/machine.ts'
import { fingerprintSchema } from '../../../shared/domain/fingerprint.ts'

test('this machine is described in full, with at least one core and some memory', async () => {
  const machine = await readMachine()
  expect(fingerprintSchema.shape.machine.parse(machine)).toEqual(machine)
  expect(machine.physicalCores).toBeGreaterThan(0)
  expect(machine.logicalCores).toBeGreaterThanOrEqual(machine.physicalCores)
  expect(machine.memoryBytes).toBeGreaterThan(2 ** 28)
})
