import { expect, test } from 'vitest'
import { expectToFit } from '../../../electron/inputs/input-memory.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const folder = temporaryFolder()
const gibibyte = 1024 ** 3

test('an image that would fill memory is refused before anything is allocated, in words', async () => {
  const shape = { channels: 3, height: 100_000, width: 100_000 }
  await expect(expectToFit(shape, 1, folder, 24 * gibibyte)).rejects.toMatchObject({
    record: {
      code: 'input-mismatch',
      stage: 'inputs',
      message: 'Preparing one image of 3 × 100000 × 100000 needs 558.8 GiB of memory, and this machine has 24.0 GiB.',
      remedy: 'Export the model for a smaller input, or choose a smaller input size.',
    },
  })
  await expect(expectToFit({ ...shape, height: 640, width: 640 }, 1, folder, 24 * gibibyte)).resolves.toBe(undefined)
})

test('fault-13 an array that does not fit onto the disk is refused before it is written', async () => {
  const shape = { channels: 3, height: 10_000, width: 10_000 }
  await expect(expectToFit(shape, 1e9, folder, 24 * gibibyte)).rejects.toMatchObject({
    record: { code: 'disk-full', stage: 'inputs' },
  })
})
