import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outputArrays } from '../../../electron/inputs/output-arrays.ts'
import { npyBytes } from '../../fakes/npy-bytes.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

async function written(name: string, values: readonly number[]) {
  const file = join(root, `${name}.npy`)
  await writeFile(file, npyBytes('<f4', [values.length], new Float32Array(values)))
  return { name, file }
}

test('outputs come in the order of the manifest', async () => {
  const outputs = [await written('boxes', [1, 2]), await written('scores', [3])]
  expect(await outputArrays({ outputs: ['scores', 'boxes'] }, outputs)).toEqual([
    { name: 'scores', shape: [1], values: new Float32Array([3]) },
    { name: 'boxes', shape: [2], values: new Float32Array([1, 2]) },
  ])
})

test('outputs that would fill more than their share of memory are refused before any is read', async () => {
  const outputs = [await written('logits', Array(1000).fill(0))]
  // 1,000 numbers and a header of 128 bytes, three times, in half of the memory.
  const neededBytes = 3 * 4128
  await expect(outputArrays({ outputs: ['logits'] }, outputs, 2 * neededBytes)).resolves.toHaveLength(1)
  await expect(outputArrays({ outputs: ['logits'] }, outputs, 2 * neededBytes - 2)).rejects.toMatchObject({
    record: { code: 'out-of-memory-host', stage: 'parity', remedy: 'Use fewer images.' },
  })
})
